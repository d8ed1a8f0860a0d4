import type { Knex } from '../../db/connect.js'
import type { Writer } from '../../db/stores/offered-survey.js'
import { logSupply } from '../../db/stores/supply-log.js'
import { takeOut, type WithdrawnSurvey } from '../../db/stores/survey-store.js'

/**
 * Withdraws surveys on the provider's word, where it is newer than the stored edition.
 * @returns the number of withdrawn surveys
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
