import type { Knex } from '../../db/connect.js'
import { lockPlan, type PlanRecord } from '../../db/read-models/plan-record.js'
import { addPanels, clearOtherAllocations } from '../../db/stores/plan-panel-store.js'
import { closeFilledQuotas, closeOtherQuotas, keepQuotas } from '../../db/stores/plan-quota-store.js'
import { closeFilledPlan, updatePlanContent } from '../../db/stores/plan-store.js'
import type { SurveyPlan } from '../../domain/plan/survey-plan.js'
import { showPlan } from './show-in-catalogue.js'

/**
 * Replaces the version of a plan (PureSpectrum Buy API, PUT). Keeps counts, statuses and the policy; removed quotas and
 * panels lose their targets, not their history.
 * @returns `below_completes` when a new target is below the completes and held slots; then nothing changes
 */
export async function replacePlan(
  trx: Knex,
  planId: string,
  plan: SurveyPlan,
  now: Date,
): Promise<'replaced' | 'below_completes'> {
  const held = await lockPlan(trx, planId, now)
  if (held === null) throw new Error(`plan ${planId} not found`)
  if (isBelowWhatIsTaken(held, plan)) return 'below_completes'
  await updatePlanContent(trx, planId, plan, now)
  await closeOtherQuotas(
    trx,
    planId,
    plan.quotas.map(({ id }) => id),
  )
  await keepQuotas(trx, planId, plan.quotas)
  // the allocation of a removed panel would block the others, and no policy could name it any more
  await clearOtherAllocations(trx, planId, plan.targetPanels)
  await addPanels(trx, planId, plan.targetPanels)
  // a target that was lowered to the completes is reached: no further complete closes it
  await closeFilledPlan(trx, planId)
  await closeFilledQuotas(trx, planId)
  await showPlan(trx, planId, now)
  return 'replaced'
}

function isBelowWhatIsTaken({ policy, completes, held }: PlanRecord, plan: SurveyPlan): boolean {
  const short = (target: number | undefined, done: number, inside: number): boolean =>
    target !== undefined && target + policy.overage < done + inside
  return (
    short(plan.targetCompletes, completes.plan, held.plan) ||
    plan.quotas.some(({ id, targetCompletes }) =>
      short(targetCompletes, completes.quotas.get(id) ?? 0, held.quotas.get(id) ?? 0),
    )
  )
}
