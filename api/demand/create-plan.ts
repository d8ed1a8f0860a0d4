import type { RequestHandler } from 'express'
import { launchPlan } from '../../commands/plans/launch.js'
import { deadOnArrival } from '../../domain/plan/dead-on-arrival.js'
import type { ApiDependencies } from '../dependencies.js'
import { partnerOf } from '../http/gateway-auth.js'
import { drivePlan } from './drive-plan.js'
import { planRules } from './plan-rules.js'
import { readSurveyPlan } from './plan-wire.js'

/**
 * POST /survey-plan (Kantar Gateway API): the plan is offered from the moment it is stored. One that nobody can get
 * into is taken too, as the document's own example is, and the header `Tributary-Warning` says why (docs/buyers.md).
 */
export function createPlan(deps: ApiDependencies): RequestHandler {
  return async (request, response) => {
    const plan = readSurveyPlan(request.body, planRules(deps))
    const planId = await launchPlan(deps, { demandPartner: partnerOf(response).id, plan })
    drivePlan(deps, planId)
    const warnings = deadOnArrival(plan, deps.clock())
    // the body is the document's: it has no member for this
    if (warnings.length > 0) response.setHeader('Tributary-Warning', warnings.join('; '))
    response.status(201).json({ id: planId })
  }
}
