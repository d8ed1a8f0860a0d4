import type { Knex } from '../../db/connect.js'
import type { Writer } from '../../db/stores/offered-survey.js'
import {
  type KeyedRecord,
  keepQuarantined,
  quarantineKey,
  storable,
  type UnreadableRecord,
} from '../../db/stores/quarantine-store.js'
import { logSupply } from '../../db/stores/supply-log.js'
import { markUnreadable } from '../../db/stores/survey-store.js'

/**
 * Stores unreadable records with their bytes, in the transaction that moves the cursor past them (docs/polling.md, What
 * one poll does), and stops offering their surveys. One entry per survey; records without a survey id are keyed by a
 * hash of their bytes.
 * @param ackedId the last acknowledged id, as decimal text
 */
export async function quarantine(
  trx: Knex,
  writer: Writer,
  records: readonly UnreadableRecord[],
  ackedId: string,
): Promise<void> {
  if (records.length === 0) return
  const named = records.map((record) => ({
    ...record,
    providerSurveyId: record.providerSurveyId === null ? null : storable(record.providerSurveyId),
  }))
  const entries = new Map<string, KeyedRecord>()
  for (const record of named) {
    const key = quarantineKey(record)
    const other = entries.get(key)
    if (other === undefined || BigInt(record.order ?? 0) >= BigInt(other.order ?? 0))
      entries.set(key, { ...record, key })
  }
  await keepQuarantined(trx, writer, [...entries.values()])
  const known = named.flatMap(({ providerSurveyId, order }) =>
    providerSurveyId === null ? [] : [{ providerSurveyId, order }],
  )
  await markUnreadable(trx, writer, known, ackedId)
  await logSupply(
    trx,
    writer,
    known.flatMap(({ providerSurveyId, order }) =>
      order === null ? [] : [{ itemKey: providerSurveyId, order, version: '', disposition: 'quarantined' as const }],
    ),
  )
}
