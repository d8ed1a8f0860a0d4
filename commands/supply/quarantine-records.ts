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
 * Keeps unreadable records with their bytes, in the transaction that moves the cursor past them (docs/polling.md, What
 * one poll does), and takes the surveys they speak of out of the offer. One entry a survey; records that do not even
 * say which survey they are about are told apart by their bytes.
 * @param ackedId what the provider knows us to have, as decimal text
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
