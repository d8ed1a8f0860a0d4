import { randomBytes } from 'node:crypto'
import type { Knex } from '../../db/connect.js'
import { addPanels } from '../../db/stores/plan-panel-store.js'
import { keepQuotas } from '../../db/stores/plan-quota-store.js'
import { insertPlanRow } from '../../db/stores/plan-store.js'
import { stampSoon } from '../../db/stores/stamp-soon.js'
import { surveyIdOf } from '../../db/survey-id.js'
import { GATEWAY, type SurveyPlan } from '../../domain/plan/survey-plan.js'
import type { PlanDependencies } from './dependencies.js'
import { showPlan } from './show-in-catalogue.js'

/** Generates a plan's id: unguessable, known to its demand partner only. 24 characters after the prefix. */
export const newPlanId = (): string => `plan_${randomBytes(18).toString('base64url')}`

/** Stores a demand partner's plan, which is offered from the commit on. @returns its id */
export async function launchPlan(
  { knex, clock }: PlanDependencies,
  { demandPartner, plan }: { readonly demandPartner: string; readonly plan: SurveyPlan },
): Promise<string> {
  const planId = newPlanId()
  const now = clock()
  await knex.transaction((trx) => insertPlan(trx, { planId, demandPartner, plan }, now))
  stampSoon(knex)
  return planId
}

/**
 * Stores a new plan and its catalogue row, in the caller's transaction. The caller stamps after the commit.
 * @param planId unguessable; known to the demand partner only
 */
export async function insertPlan(
  trx: Knex,
  { planId, demandPartner, plan }: { planId: string; demandPartner: string; plan: SurveyPlan },
  now: Date,
): Promise<void> {
  await insertPlanRow(trx, { planId, demandPartner, surveyId: surveyIdOf(GATEWAY, planId), plan }, now)
  await keepQuotas(trx, planId, plan.quotas)
  await addPanels(trx, planId, plan.targetPanels)
  await showPlan(trx, planId, now)
}
