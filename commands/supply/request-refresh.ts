import type { Knex } from '../../db/connect.js'
import type { RefreshInputs } from '../../db/rows/refresh-inputs.js'
import { keepRefresh } from '../../db/stores/panelist-refresh-store.js'
import { takeRefresh } from '../../db/stores/refresh-budget-store.js'

/**
 * Takes one token from a connection's rate limit and stores the refresh request of a panelist.
 * @param perSecond the connection's rate, as `takeRefresh` counts it
 * @param question builds the request; called only within the rate limit
 * @returns the request's id; null when the rate limit is reached
 */
export async function requestRefresh(
  knex: Knex,
  connection: string,
  perSecond: number,
  now: Date,
  question: () => RefreshInputs,
): Promise<string | null> {
  if (!(await takeRefresh(knex, connection, perSecond, now))) return null
  return keepRefresh(knex, question(), now)
}
