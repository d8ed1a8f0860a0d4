import type { Knex } from '../connect.js'

/** One record in quarantine, with its bytes. */
export interface QuarantineEntry {
  readonly quarantineId: string
  readonly connection: string
  readonly providerSurveyId: string | null
  readonly sourceOrder: string | null
  readonly reason: string
  readonly raw: Buffer
  readonly state: 'open' | 'healed' | 'redriven'
  readonly count: number
}

const COLUMNS = {
  quarantineId: 'quarantine_id',
  connection: 'connection',
  providerSurveyId: 'provider_survey_id',
  sourceOrder: 'source_order',
  reason: 'reason',
  raw: 'raw',
  state: 'state',
  count: 'count',
} as const

/** @returns null = entry not found */
export async function findQuarantined(knex: Knex, quarantineId: string): Promise<QuarantineEntry | null> {
  return (await knex('quarantine').select(COLUMNS).where({ quarantine_id: quarantineId }).first()) ?? null
}
