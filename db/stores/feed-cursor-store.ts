import type { Knex } from '../connect.js'

/** The panel may use a connection that it could not use before: it reads from the beginning, and keeps what it has. */
export async function startFeedAgain(knex: Knex, panel: string, scope: readonly string[]): Promise<void> {
  await knex('feed_cursors')
    .where({ panel })
    .update({ acked_id: 0, scope: [...scope] })
}

/** The panel may use fewer connections than before; where it stands does not change. */
export async function narrowFeed(knex: Knex, panel: string, scope: readonly string[]): Promise<void> {
  await knex('feed_cursors')
    .where({ panel })
    .update({ scope: [...scope] })
}
