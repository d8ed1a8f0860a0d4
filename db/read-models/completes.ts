import type { Knex } from '../connect.js'
import { type SessionRow, sessionColumns } from '../rows/session-row.js'
import { type Keyset, pageOf, stampText } from './keyset.js'

export interface CompletesFilter {
  /** By completion: from ≤ t < to. */
  readonly from: Date | null
  readonly to: Date | null
  readonly connection: string | null
  /** Compared without case. */
  readonly panel: string | null
}

/**
 * Every session whose outcome is or was COMPLETED, by completion and id, in pages, so that memory is bounded and a slow
 * reader does not hold a connection of the pool. `completed_at` never changes, so pages neither skip nor repeat rows.
 */
export async function* readCompletes(
  knex: Knex,
  filter: CompletesFilter,
  pageSize: number,
): AsyncGenerator<readonly SessionRow[]> {
  let after: Keyset | null = null
  do {
    const query = knex('sessions')
      .select(knex.raw(sessionColumns), knex.raw(`${stampText('completed_at')} as keyset_at`))
      .whereNotNull('completed_at')
      .orderBy(['completed_at', 'session_id'])
      .limit(pageSize + 1)
    if (filter.from !== null) query.where('completed_at', '>=', filter.from)
    if (filter.to !== null) query.where('completed_at', '<', filter.to)
    if (filter.connection !== null) query.where({ connection: filter.connection })
    if (filter.panel !== null) query.whereRaw('lower(panel) = lower(?)', [filter.panel])
    if (after !== null) query.whereRaw('(completed_at, session_id) > (?::timestamptz, ?::uuid)', [after.at, after.id])
    const found: (SessionRow & { keyset_at: string })[] = await query
    const page: { rows: readonly SessionRow[]; next: Keyset | null } = pageOf(
      found.map((row) => ({ ...row, keyset: { at: row.keyset_at, id: row.session_id } })),
      pageSize,
    )
    yield page.rows
    after = page.next
  } while (after !== null)
}
