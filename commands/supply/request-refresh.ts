import type { Knex } from '../../db/connect.js'
import type { RefreshInputs } from '../../db/rows/refresh-inputs.js'
import { keepRefresh } from '../../db/stores/panelist-refresh-store.js'
import { takeRefresh } from '../../db/stores/refresh-budget-store.js'

/**
 * Takes one refresh from a connection's allowance and stores the question about a panelist.
 * @param perSecond the connection's rate, as `takeRefresh` counts it
 * @param question what is asked; read only where the allowance lets it be asked
 * @returns the question's id; null when the allowance is used up now
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
