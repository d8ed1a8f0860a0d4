import type { Knex } from '../../db/connect.js'
import { readNextPollAt } from '../../db/read-models/next-poll.js'

/** Used when the time of the next poll is unknown. */
const FRESH_AFTER_MS = 60_000

/** The time of the next poll, from which the provider's list is newer than what we just learned. */
export async function listIsFreshAt(knex: Knex, connection: string, now: Date): Promise<Date> {
  const next = await readNextPollAt(knex, connection)
  return next !== null && next > now ? next : new Date(now.getTime() + FRESH_AFTER_MS)
}
