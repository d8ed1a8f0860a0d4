import type { Knex } from '../connect.js'

/** Resets a panel's cursor to the beginning, because it may use a new connection; keeps its deliveries. */
export async function startFeedAgain(knex: Knex, panel: string, scope: readonly string[]): Promise<void> {
  await knex('feed_cursors')
    .where({ panel })
    .update({ acked_id: 0, scope: [...scope] })
}

/** Stores that the panel may use fewer connections; does not move its cursor. */
export async function narrowFeed(knex: Knex, panel: string, scope: readonly string[]): Promise<void> {
  await knex('feed_cursors')
    .where({ panel })
    .update({ scope: [...scope] })
}
