import type { Knex } from '../connect.js'
import { rows } from '../raw.js'

/**
 * Moves a panel's cursor in `feed_cursors` and deletes the acknowledged closures from `feed_deliveries`. One statement,
 * so that both are atomic without the two further round trips of a transaction.
 * @returns whether the cursor moved, and whether the panel ever received an id of at least `ackId`
 */
export async function moveAcknowledged(
  knex: Knex,
  panel: string,
  ackId: number,
): Promise<{ readonly moved: boolean; readonly known: boolean }> {
  const [row] = await rows<{ moved: boolean; known: boolean }>(
    knex,
    `with moved as (
       update feed_cursors set acked_id = :ackId
        where panel = :panel and acked_id < :ackId and served_id >= :ackId returning panel
     ), forgotten as (
       delete from feed_deliveries d using moved where d.panel = moved.panel and d.closed_revision <= :ackId
     )
     select exists (select from moved) as moved,
            coalesce((select greatest(acked_id, served_id) from feed_cursors where panel = :panel), 0) >= :ackId as known`,
    { panel, ackId },
  )
  return row ?? { moved: false, known: false }
}
