import type { RequestHandler } from 'express'
import { launchPlan } from '../../commands/plans/launch.js'
import { deadOnArrival } from '../../domain/plan/dead-on-arrival.js'
import type { ApiDependencies } from '../dependencies.js'
import { partnerOf } from '../http/gateway-auth.js'
import { drivePlan } from './drive-plan.js'
import { planRules } from './plan-rules.js'
import { readSurveyPlan } from './plan-wire.js'

/**
 * POST /survey-plan (Kantar Gateway API): the plan is offered as soon as it is stored. A plan that no panelist can
 * enter is stored too, because the document's own example is one; the header `Tributary-Warning` says why no panelist
 * can enter (docs/buyers.md).
 */
export function createPlan(deps: ApiDependencies): RequestHandler {
  return async (request, response) => {
    const plan = readSurveyPlan(request.body, planRules(deps))
    const planId = await launchPlan(deps, { demandPartner: partnerOf(response).id, plan })
    drivePlan(deps, planId)
    const warnings = deadOnArrival(plan, deps.clock())
    // a header, because the document's body has no member for warnings
    if (warnings.length > 0) response.setHeader('Tributary-Warning', warnings.join('; '))
    response.status(201).json({ id: planId })
  }
}
