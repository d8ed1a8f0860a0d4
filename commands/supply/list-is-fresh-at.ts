import type { Knex } from '../../db/connect.js'
import { readNextPollAt } from '../../db/read-models/next-poll.js'

/** Where the next poll is not known, the list counts as fresh after this. */
const FRESH_AFTER_MS = 60_000

/** The moment from which the provider's list is fresher than what was just learned. */
export async function listIsFreshAt(knex: Knex, connection: string, now: Date): Promise<Date> {
  const next = await readNextPollAt(knex, connection)
  return next !== null && next > now ? next : new Date(now.getTime() + FRESH_AFTER_MS)
}
