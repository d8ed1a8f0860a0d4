import { createHash } from 'node:crypto'
import type { Knex } from '../connect.js'
import type { Writer } from './offered-survey.js'

/** An unreadable record, from its adapter. */
export interface UnreadableRecord {
  readonly providerSurveyId: string | null
  readonly order: string | null
  readonly reason: string
  readonly raw: Uint8Array
}

/** An unreadable record with the key of its entry. */
export interface KeyedRecord extends UnreadableRecord {
  readonly key: string
}

/**
 * Stores unreadable records with their bytes, one entry per key; an entry is healed if a readable edition is as new.
 */
export async function keepQuarantined(trx: Knex, writer: Writer, entries: readonly KeyedRecord[]): Promise<void> {
  await trx.raw(
    `insert into quarantine as q (connection, item_key, provider_survey_id, source_order, reason, raw, first_seen_at,
       last_seen_at, state)
     select :connection, r.item_key, r.provider_survey_id, r.source_order, r.reason, decode(r.raw, 'base64'), :now, :now,
       -- healed immediately if a readable edition is as new
       case when exists (select from surveys s
                          where s.connection = :connection and s.provider_survey_id = r.provider_survey_id
                            and s.status not in ('unreadable', 'withdrawn') and s.source_order >= r.source_order)
            then 'healed' else 'open' end
       from json_to_recordset(:rows::json)
         as r(item_key text, provider_survey_id text, source_order numeric, reason text, raw text)
     on conflict (connection, item_key) do update set
       source_order = coalesce(excluded.source_order, q.source_order), reason = excluded.reason, raw = excluded.raw,
       last_seen_at = excluded.last_seen_at, count = q.count + 1, state = excluded.state
     -- ignore an older edition than the stored one
     where q.source_order is null or excluded.source_order is null or excluded.source_order >= q.source_order`,
    {
      connection: writer.connection,
      now: writer.now,
      rows: JSON.stringify(
        entries.map((one) => ({
          item_key: one.key,
          provider_survey_id: one.providerSurveyId,
          source_order: one.order,
          reason: storable(one.reason.slice(0, 1_000)),
          raw: Buffer.from(one.raw.buffer, one.raw.byteOffset, one.raw.byteLength).toString('base64'),
        })),
      ),
    },
  )
}

/** Marks entries as healed by a readable edition. @param keys provider survey ids */
export async function healQuarantined(trx: Knex, connection: string, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return
  await trx('quarantine')
    .where({ connection, state: 'open' })
    .whereIn('item_key', [...keys])
    .update({ state: 'healed' })
}

/** The key of an entry: its survey id, or without one the hash of its bytes. */
export function quarantineKey({ providerSurveyId, raw }: Pick<UnreadableRecord, 'providerSurveyId' | 'raw'>): string {
  return providerSurveyId === null
    ? `sha256:${createHash('sha256').update(raw).digest('hex')}`
    : storable(providerSurveyId)
}

/** The number of a connection's open quarantine entries. */
export async function openQuarantine(knex: Knex, connection: string): Promise<number> {
  const row = await knex('quarantine').where({ connection, state: 'open' }).count({ open: '*' }).first()
  return Number(row?.open ?? 0)
}

/** Marks an entry whose record can now be read and is stored. */
export async function markRedriven(trx: Knex, quarantineId: string): Promise<void> {
  await trx('quarantine').where({ quarantine_id: quarantineId }).update({ state: 'redriven' })
}

/** Counts a failed redrive of an entry. */
export async function markStillBroken(trx: Knex, quarantineId: string, reason: string, now: Date): Promise<void> {
  await trx('quarantine')
    .where({ quarantine_id: quarantineId })
    .update({ count: trx.raw('count + 1'), reason: storable(reason.slice(0, 1_000)), last_seen_at: now })
}

/** Replaces NUL and half surrogate pairs, which PostgreSQL's text cannot hold. */
export const storable = (text: string): string => Buffer.from(text.replaceAll('\0', '\ufffd')).toString()
