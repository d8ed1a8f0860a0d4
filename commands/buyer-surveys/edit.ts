import type { Knex } from '../../db/connect.js'
import type { BuyerSurveyRecord } from '../../db/rows/buyer-survey.js'
import { lockBuyerSurvey, updateBuyerSurvey } from '../../db/stores/buyer-survey-store.js'
import { stampSoon } from '../../db/stores/stamp-soon.js'
import { applyToPlan, type PlanOfSurvey, type SurveyEdit } from './apply-to-plan.js'

/** An edit of a buyer's survey. */
export interface EditInput {
  readonly demandPartner: string
  readonly psSurveyId: number
  /** Computes the edit; runs under the survey's lock. An error rolls the edit back and reaches the caller. */
  readonly edit: (before: BuyerSurveyRecord) => SurveyEdit
  readonly planOf: PlanOfSurvey
}

/**
 * Edits a buyer's survey under its row lock and applies the edit to its plan, in one transaction. Launching a draft
 * creates the survey plan.
 * @returns the stored survey; null = the buyer has no survey with this id
 * @throws SurveyEditRefused when the plan does not allow the edit; nothing changes
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
