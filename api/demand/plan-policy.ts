import type { RequestHandler } from 'express'
import { changePolicy } from '../../commands/plans/change-policy.js'
import type { PolicyChange } from '../../domain/plan/policy-change.js'
import type { PlanPolicy } from '../../domain/plan/survey-plan.js'
import { formatDuration } from '../../platform/config/duration.js'
import type { ApiDependencies } from '../dependencies.js'
import { partnerOf } from '../http/gateway-auth.js'
import { invalid, parseBody } from '../http/validate.js'
import { drivePlan } from './drive-plan.js'
import { type PolicyAnswer, PolicyRequest } from './policy-schemas.js'
import { isPlanId, noSuchPlan, planOfPartner } from './read-plan.js'

/** GET /v1/plans/{id}/policy (docs/buyers.md, What is agreed beside a plan). */
export function readPolicy(deps: ApiDependencies): RequestHandler {
  return async (request, response) => {
    const { policy } = await planOfPartner(deps, partnerOf(response).id, request.params.id)
    response.json(answerOf(policy))
  }
}

/** PUT /v1/plans/{id}/policy: merges; absent members and panels stay as they are. */
export function editPolicy(deps: ApiDependencies): RequestHandler {
  return async (request, response) => {
    const change = parseBody(PolicyRequest, request)
    const id = request.params.id
    if (!isPlanId(id)) throw noSuchPlan()
    const demandPartner = partnerOf(response).id
    const outcome = await changePolicy(deps, { demandPartner, planId: id, change: changeOf(change) })
    if (outcome.kind === 'not_found') throw noSuchPlan()
    if (outcome.kind === 'refused') throw invalid(outcome.faults)
    drivePlan(deps, id)
    response.json(answerOf(outcome.policy))
  }
}

function changeOf(given: PolicyRequest): PolicyChange {
  const { soft_launch: softLaunch } = given
  return {
    overage: given.overage,
    acceptUnsigned: given.accept_unsigned,
    flexibilityPercent: given.flexibility_percent,
    allocations: given.allocations,
    softLaunch: softLaunch && { completes: softLaunch.completes, pauseMs: softLaunch.pause },
  }
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
