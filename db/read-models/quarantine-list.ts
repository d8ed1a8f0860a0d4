import type { Knex } from '../connect.js'
import { type Keyset, pageOf, stampText } from './keyset.js'

/** An unreadable record, for operators. */
export interface QuarantinedRecord {
  readonly quarantineId: string
  readonly connection: string
  readonly providerSurveyId: string | null
  readonly reason: string
  /** The record's first bytes. */
  readonly raw: Buffer
  readonly rawBytes: number
  readonly firstSeenAt: Date
  readonly lastSeenAt: Date
  readonly count: number
  readonly state: 'open' | 'healed' | 'redriven'
}

/**
 * The quarantine, newest first by the time first seen, which never changes, so that pages skip nothing while records
 * arrive again.
 * @param rawLimit the most bytes of each record to return
 */
export async function listQuarantine(
  knex: Knex,
  filter: { readonly connection: string | null; readonly state: QuarantinedRecord['state'] | null },
  after: Keyset | null,
  limit: number,
  rawLimit: number,
): Promise<{ rows: readonly QuarantinedRecord[]; next: Keyset | null }> {
  const query = knex('quarantine')
    .select({
      quarantineId: 'quarantine_id',
      connection: 'connection',
      providerSurveyId: 'provider_survey_id',
      reason: 'reason',
      raw: knex.raw('substring(raw from 1 for ?::int)', [rawLimit]),
      rawBytes: knex.raw('octet_length(raw)'),
      firstSeenAt: 'first_seen_at',
      lastSeenAt: 'last_seen_at',
      count: 'count',
      state: 'state',
      keysetAt: knex.raw(stampText('first_seen_at')),
    })
    .orderBy([
      { column: 'first_seen_at', order: 'desc' },
      { column: 'quarantine_id', order: 'desc' },
    ])
    .limit(limit + 1)
  if (filter.connection !== null) query.where({ connection: filter.connection })
  if (filter.state !== null) query.where({ state: filter.state })
  if (after !== null) query.whereRaw('(first_seen_at, quarantine_id) < (?::timestamptz, ?::uuid)', [after.at, after.id])
  const found: (QuarantinedRecord & { keysetAt: string })[] = await query
  return pageOf(
    found.map((row) => ({ ...row, keyset: { at: row.keysetAt, id: row.quarantineId } })),
    limit,
  )
}
