import type { Outcome } from '../../domain/outcome.js'
import type { Knex } from '../connect.js'
import { type SessionRow, sessionColumns } from '../rows/session-row.js'
import { type Keyset, pageOf, stampText } from './keyset.js'

export interface SessionFilter {
  /** By creation: from ≤ t < to. */
  readonly from: Date | null
  readonly to: Date | null
  readonly outcome: Outcome | null
  readonly panelistId: string | null
}

/**
 * A panel's sessions, newest first, in pages that neither skip nor repeat rows when many have the same creation time.
 * @param after the keyset of the previous page
 */
export async function listSessions(
  knex: Knex,
  panel: string,
  filter: SessionFilter,
  after: Keyset | null,
  limit: number,
): Promise<{ rows: readonly SessionRow[]; next: Keyset | null }> {
  const query = knex('sessions')
    .select(knex.raw(sessionColumns), knex.raw(`${stampText('created_at')} as keyset_at`))
    .where({ panel })
    .orderBy([
      { column: 'created_at', order: 'desc' },
      { column: 'session_id', order: 'desc' },
    ])
    .limit(limit + 1)
  if (filter.from !== null) query.where('created_at', '>=', filter.from)
  if (filter.to !== null) query.where('created_at', '<', filter.to)
  if (filter.outcome !== null) query.where({ outcome: filter.outcome })
  if (filter.panelistId !== null) query.where({ panelist_id: filter.panelistId })
  if (after !== null) query.whereRaw('(created_at, session_id) < (?::timestamptz, ?::uuid)', [after.at, after.id])
  const rows: (SessionRow & { keyset_at: string })[] = await query
  return pageOf(
    rows.map((row) => ({ ...row, keyset: { at: row.keyset_at, id: row.session_id } })),
    limit,
  )
}
