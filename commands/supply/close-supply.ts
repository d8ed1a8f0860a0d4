import type { Knex } from '../../db/connect.js'
import { deleteEndedClosures, upsertClosure } from '../../db/stores/closure-store.js'
import { lockSurvey, replaceSurvey } from '../../db/stores/survey-content-store.js'
import { type Closure, withClosures } from '../../domain/supply/closures.js'

/**
 * Closes a survey or a quota and updates the catalogue; the longer of two closures stays. The caller stamps afterwards.
 * @param closure the survey or quota, the reason and the end
 */
export async function closeSupply(knex: Knex, connection: string, closure: Closure, now: Date): Promise<void> {
  const { providerSurveyId, quotaId } = closure
  await knex.transaction(async (trx) => {
    await upsertClosure(trx, connection, closure, now)
    const locked = await lockSurvey(trx, connection, providerSurveyId)
    if (locked !== null) {
      const closed = withClosures(locked.survey, new Map([[providerSurveyId, new Set([quotaId])]]))
      await replaceSurvey(trx, locked.surveyId, closed)
    }
    await deleteEndedClosures(trx, connection, now)
  })
}
