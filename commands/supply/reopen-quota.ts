import type { Knex } from '../../db/connect.js'
import { deleteQuotaClosure } from '../../db/stores/closure-store.js'
import { lockSurvey, replaceSurvey } from '../../db/stores/survey-content-store.js'

/** Deletes the closure of a quota and opens the quota in the catalogue. The caller stamps afterwards. */
export async function reopenQuota(
  knex: Knex,
  connection: string,
  quota: { readonly providerSurveyId: string; readonly quotaId: string },
): Promise<void> {
  await knex.transaction(async (trx) => {
    if (!(await deleteQuotaClosure(trx, connection, quota))) return
    const locked = await lockSurvey(trx, connection, quota.providerSurveyId)
    if (locked === null) return
    const { survey } = locked
    await replaceSurvey(trx, locked.surveyId, {
      ...survey,
      quotas: survey.quotas.map((one) => (one.quotaId === quota.quotaId ? { ...one, status: 'open' } : one)),
    })
  })
}
