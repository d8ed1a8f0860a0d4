import { stampSoon } from '../../db/stores/stamp-soon.js'
import { mergePolicy, type PolicyChange, type PolicyFault } from '../../domain/plan/policy-change.js'
import type { PlanPolicy } from '../../domain/plan/survey-plan.js'
import type { PlanDependencies } from './dependencies.js'
import { lockOwnPlan } from './own-plan.js'
import { writePolicy } from './write-policy.js'

/** The result of a policy change. */
export type PolicyOutcome =
  | { readonly kind: 'changed'; readonly policy: PlanPolicy }
  | { readonly kind: 'not_found' }
  | { readonly kind: 'refused'; readonly faults: readonly PolicyFault[] }

/** Merges a buyer's change into the policy of their plan, under the plan's row lock. */
export async function changePolicy(
  { knex, clock }: PlanDependencies,
  { demandPartner, planId, change }: { demandPartner: string; planId: string; change: PolicyChange },
): Promise<PolicyOutcome> {
  const outcome = await knex.transaction(async (trx): Promise<PolicyOutcome> => {
    const now = clock()
    const held = await lockOwnPlan(trx, demandPartner, planId, now)
    if (held === null) return { kind: 'not_found' }
    const { policy, faults } = mergePolicy(held, change)
    if (faults.length > 0) return { kind: 'refused', faults }
    await writePolicy(trx, planId, policy, now)
    return { kind: 'changed', policy }
  })
  if (outcome.kind === 'changed') stampSoon(knex)
  return outcome
}
