import type { Knex } from '../../db/connect.js'
import { removeConnection } from '../../db/stores/connection-store.js'
import { stampRevisions } from '../../db/stores/stamper.js'
import { withdrawConnectionSurveys } from '../../db/stores/survey-store.js'

/**
 * Removes a connection that is no longer configured: withdraws its surveys and refuses later writes of a running
 * attempt. Idempotent.
 * @returns the number of withdrawn surveys
 */
export async function withdrawConnection(knex: Knex, connection: string, now: Date): Promise<number> {
  const withdrawn = await knex.transaction(async (trx) => {
    await removeConnection(trx, connection, now)
    return withdrawConnectionSurveys(trx, connection)
  })
  await stampRevisions(knex)
  return withdrawn
}
