import type { Knex } from '../connect.js'

/** Whether a survey has a session that has not ended. */
export async function hasUnfinishedSession(trx: Knex, surveyId: string): Promise<boolean> {
  const found = await trx('sessions')
    .where({ survey_id: surveyId })
    .whereNot({ state: 'finished' })
    .select(trx.raw('1'))
    .first()
  return found !== undefined
}
