import type { RequestHandler } from 'express'
import type { PlanRecord } from '../../db/stores/plan-row.js'
import { ownPlan, writePolicy } from '../../db/stores/plan-store.js'
import { stampSoon } from '../../db/stores/stamp-soon.js'
import type { PlanPolicy } from '../../domain/plan/survey-plan.js'
import { formatDuration } from '../../platform/config/duration.js'
import type { ApiDependencies } from '../dependencies.js'
import { partnerOf } from '../http/gateway-auth.js'
import type { FieldFault } from '../http/problem.js'
import { invalid, parseBody } from '../http/validate.js'
import { drivePlan } from './drive-plan.js'
import { type PolicyAnswer, PolicyRequest } from './policy-schemas.js'
import { isPlanId, noSuchPlan, planOfPartner } from './read-plan.js'

/** GET /v1/plans/{id}/policy (contract §5, Counting). */
export function readPolicy(deps: ApiDependencies): RequestHandler {
  return async (request, response) => {
    const { policy } = await planOfPartner(deps, partnerOf(response).id, request.params.id)
    response.json(answerOf(policy))
  }
}

/** PUT /v1/plans/{id}/policy: merges; members that are absent stay as they are, and so do panels. */
export function editPolicy(deps: ApiDependencies): RequestHandler {
  return async (request, response) => {
    const change = parseBody(PolicyRequest, request)
    const id = request.params.id
    if (!isPlanId(id)) throw noSuchPlan()
    const partner = partnerOf(response).id
    const policy = await deps.knex.transaction(async (trx) => {
      const now = deps.clock()
      const held = await ownPlan(trx, partner, id, now)
      if (held === null) throw noSuchPlan()
      const { policy: merged, faults } = mergePolicy(held, change)
      if (faults.length > 0) throw invalid(faults)
      await writePolicy(trx, id, merged, now)
      return merged
    })
    stampSoon(deps.knex)
    drivePlan(deps, id)
    response.json(answerOf(policy))
  }
}

/**
 * A plan's policy with a buyer's change in it, and what is wrong with that. What was agreed when respondents were let in
 * stays paid: the overage is never less than what is completed, or being completed, beyond a target already.
 */
export function mergePolicy(
  { plan, policy, completes, held }: Pick<PlanRecord, 'plan' | 'policy' | 'completes' | 'held'>,
  change: PolicyRequest,
): { policy: PlanPolicy; faults: readonly FieldFault[] } {
  const faults: FieldFault[] = []
  const allocations = { ...policy.allocations }
  for (const [name, allocation] of Object.entries(change.allocations ?? {})) {
    const panel = plan.targetPanels.find((id) => id.toLowerCase() === name.toLowerCase())
    if (panel === undefined) {
      const field = `allocations.${name}`
      faults.push({ field, message: `is not a panel that this plan targets: ${plan.targetPanels.join(', ')}` })
    } else if (allocation === null) delete allocations[panel]
    else allocations[panel] = allocation
  }
  const allocated = Object.values(allocations).reduce((sum, allocation) => sum + allocation, 0)
  if (allocated > plan.targetCompletes) {
    const message = `add up to ${allocated}, which is more than the ${plan.targetCompletes} completes of the plan`
    faults.push({ field: 'allocations', message })
  }

  const overage = change.overage ?? policy.overage
  const takenOf = (quotaId: string) => (completes.quotas.get(quotaId) ?? 0) + (held.quotas.get(quotaId) ?? 0)
  const beyond = Math.max(
    completes.plan + held.plan - plan.targetCompletes,
    ...plan.quotas.map(({ id, targetCompletes }) => takenOf(id) - (targetCompletes ?? Number.POSITIVE_INFINITY)),
  )
  if (overage < beyond) {
    faults.push({ field: 'overage', message: `must be at least ${beyond}: so many are beyond a target already` })
  }

  const softLaunch = softLaunchOf(change, policy)
  if (softLaunch !== null && softLaunch.completes > plan.targetCompletes) {
    const message = `must be at most ${plan.targetCompletes}, the completes of the plan`
    faults.push({ field: 'soft_launch.completes', message })
  } else if (
    softLaunch !== null &&
    softLaunch.completes !== policy.softLaunch?.completes &&
    softLaunch.completes <= completes.plan
  ) {
    // the pause begins with the complete that reaches the number: one that is reached already would never begin
    const message = `must be more than the ${completes.plan} completes that the plan has already`
    faults.push({ field: 'soft_launch.completes', message })
  }
  return {
    policy: {
      overage,
      acceptUnsigned: change.accept_unsigned ?? policy.acceptUnsigned,
      flexibilityPercent: change.flexibility_percent ?? policy.flexibilityPercent,
      allocations,
      softLaunch,
    },
    faults,
  }
}

function softLaunchOf({ soft_launch: given }: PolicyRequest, policy: PlanPolicy): PlanPolicy['softLaunch'] {
  if (given === undefined) return policy.softLaunch
  return given === null ? null : { completes: given.completes, pauseMs: given.pause }
}

function answerOf(policy: PlanPolicy): PolicyAnswer {
  return {
    overage: policy.overage,
    accept_unsigned: policy.acceptUnsigned,
    flexibility_percent: policy.flexibilityPercent,
    allocations: { ...policy.allocations },
    soft_launch:
      policy.softLaunch === null
        ? null
        : { completes: policy.softLaunch.completes, pause: formatDuration(policy.softLaunch.pauseMs) },
  }
}
