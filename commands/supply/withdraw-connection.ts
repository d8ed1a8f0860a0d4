import type { Knex } from '../../db/connect.js'
import { removeConnection } from '../../db/stores/connection-store.js'
import { stampRevisions } from '../../db/stores/stamper.js'
import { withdrawConnectionSurveys } from '../../db/stores/survey-store.js'

/**
 * A connection that is no longer configured: its stock leaves the offer, and what a running attempt still brings is
 * refused. Safe to repeat.
 * @returns how many surveys were withdrawn
 */
export async function withdrawConnection(knex: Knex, connection: string, now: Date): Promise<number> {
  const withdrawn = await knex.transaction(async (trx) => {
    await removeConnection(trx, connection, now)
    return withdrawConnectionSurveys(trx, connection)
  })
  await stampRevisions(knex)
  return withdrawn
}
