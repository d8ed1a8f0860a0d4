import type { Knex } from '../../db/connect.js'
import { type FeedServing, writeServedId, writeServing } from '../../db/statements/write-serving.js'

/**
 * Stores what an answer to a panel contains, before sending it. Stores nothing if the panel's cursor or connections
 * changed since the answer was built, because a concurrent poll may have newer data. Otherwise the answer could report
 * a survey as open after its closure, and no later answer would report the closure.
 * @returns false when the caller must build the answer again
 */
export async function rememberServing(knex: Knex, serving: FeedServing): Promise<boolean> {
  const { opened, closed } = serving
  return opened.length === 0 && closed.length === 0 ? writeServedId(knex, serving) : writeServing(knex, serving)
}
