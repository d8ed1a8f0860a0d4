import type { Knex } from '../../db/connect.js'
import type { BuyerSurveyRecord } from '../../db/rows/buyer-survey.js'
import { lockBuyerSurvey, updateBuyerSurvey } from '../../db/stores/buyer-survey-store.js'
import { stampSoon } from '../../db/stores/stamp-soon.js'
import { applyToPlan, type PlanOfSurvey, type SurveyEdit } from './apply-to-plan.js'

/** An edit of a buyer's survey. */
export interface EditInput {
  readonly demandPartner: string
  readonly psSurveyId: number
  /** What the survey becomes; called under the survey's lock. What it throws changes nothing and reaches the caller. */
  readonly edit: (before: BuyerSurveyRecord) => SurveyEdit
  readonly planOf: PlanOfSurvey
}

/**
 * Edits a buyer's survey under its row lock, and brings the plan that it became into line, in one transaction. Put
 * live, a draft becomes a survey plan.
 * @returns the survey as it is stored then; null when there is no such survey of this buyer
 * @throws SurveyEditRefused where the plan does not allow it: nothing is changed
 */
export async function editBuyerSurvey(
  { knex, clock }: { readonly knex: Knex; readonly clock: () => Date },
  { demandPartner, psSurveyId, edit, planOf }: EditInput,
): Promise<BuyerSurveyRecord | null> {
  const now = clock()
  const record = await knex.transaction(async (trx) => {
    const before = await lockBuyerSurvey(trx, demandPartner, psSurveyId)
    if (before === null) return null
    const { survey, wanted } = edit(before)
    const launched = await applyToPlan(trx, planOf, before, { survey, wanted }, now)
    const after = { ...before, survey, launched }
    await updateBuyerSurvey(trx, after, now)
    return after
  })
  if (record !== null && record.launched !== null) stampSoon(knex)
  return record
}
