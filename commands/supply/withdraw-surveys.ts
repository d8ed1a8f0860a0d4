import type { Knex } from '../../db/connect.js'
import type { Writer } from '../../db/stores/offered-survey.js'
import { logSupply } from '../../db/stores/supply-log.js'
import { takeOut, type WithdrawnSurvey } from '../../db/stores/survey-store.js'

/**
 * Takes surveys out because the provider says so, when that is newer than what is held.
 * @returns how many were taken out
 */
export async function withdrawSurveys(
  trx: Knex,
  writer: Writer,
  withdrawn: readonly WithdrawnSurvey[],
): Promise<number> {
  const count = await takeOut(trx, writer.connection, 'withdrawn', withdrawn)
  await logSupply(
    trx,
    writer,
    withdrawn.map((one) => ({
      itemKey: one.providerSurveyId,
      order: one.order,
      version: '',
      disposition: 'withdrawn',
    })),
  )
  return count
}
