import type { Knex } from '../../db/connect.js'
import { writeAllocations } from '../../db/stores/plan-panel-store.js'
import { updatePlanPolicy } from '../../db/stores/plan-store.js'
import type { PlanPolicy } from '../../domain/plan/survey-plan.js'
import { showPlan } from './show-in-catalogue.js'

/**
 * Stores a plan's complete policy; clears the allocation of panels that it does not name. The caller has validated it.
 */
export async function writePolicy(trx: Knex, planId: string, policy: PlanPolicy, now: Date): Promise<void> {
  await updatePlanPolicy(trx, planId, policy, now)
  await writeAllocations(trx, planId, policy.allocations)
  await showPlan(trx, planId, now)
}
