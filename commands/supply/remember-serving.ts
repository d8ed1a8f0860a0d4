import type { Knex } from '../../db/connect.js'
import { type FeedServing, writeServedId, writeServing } from '../../db/statements/write-serving.js'

/**
 * Remembers what a panel is told, before it is told. Of two polls at once the later one may know better than the
 * earlier: where the panel has been told or has acknowledged something since, or reads with other connections, nothing
 * is remembered. Otherwise a survey could be told as open behind its closure, which then nobody tells.
 * @returns false when the answer is to be made again
 */
export async function rememberServing(knex: Knex, serving: FeedServing): Promise<boolean> {
  const { opened, closed } = serving
  return opened.length === 0 && closed.length === 0 ? writeServedId(knex, serving) : writeServing(knex, serving)
}
