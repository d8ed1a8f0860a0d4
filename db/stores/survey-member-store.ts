import type { Knex } from '../connect.js'
import { affected } from '../raw.js'
import type { DueReading } from '../read-models/due-readings.js'

const ROWS = 5_000

/**
 * Stores the members of a quota in a reading, a few thousand per statement.
 * @param codes each once
 * @returns how many of them are new in this reading
 */
export async function meetMembers(
  trx: Knex,
  connection: string,
  { providerSurveyId, quotaId, generation }: DueReading,
  codes: readonly string[],
): Promise<number> {
  let met = 0
  for (let at = 0; at < codes.length; at += ROWS) {
    met += await affected(
      trx,
      `insert into survey_members as m (connection, provider_survey_id, provider_quota_id, member_code, generation)
       select :connection, :providerSurveyId, :quotaId, code, :generation from unnest(:codes::text[]) as c(code)
       on conflict (connection, provider_survey_id, provider_quota_id, member_code) do update
         set generation = excluded.generation where m.generation < excluded.generation`,
      { connection, providerSurveyId, quotaId, generation, codes: codes.slice(at, at + ROWS) },
    )
  }
  return met
}

/** Deletes the members of a quota that its reading did not contain. */
export async function deleteUnmet(trx: Knex, connection: string, reading: DueReading): Promise<void> {
  const { providerSurveyId, quotaId, generation } = reading
  await trx('survey_members')
    .where({ connection, provider_survey_id: providerSurveyId, provider_quota_id: quotaId })
    .where('generation', '<', generation)
    .delete()
}
