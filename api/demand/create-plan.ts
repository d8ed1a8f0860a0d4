import { randomBytes } from 'node:crypto'
import type { RequestHandler } from 'express'
import { insertPlan } from '../../db/stores/plan-store.js'
import { stampSoon } from '../../db/stores/stamp-soon.js'
import { deadOnArrival } from '../../domain/plan/dead-on-arrival.js'
import type { ApiDependencies } from '../dependencies.js'
import { partnerOf } from '../http/gateway-auth.js'
import { drivePlan } from './drive-plan.js'
import { planRules } from './plan-rules.js'
import { readSurveyPlan } from './plan-wire.js'

/** A plan's id: known to its demand partner only, and not to be guessed. 24 characters after the prefix. */
export const newPlanId = (): string => `plan_${randomBytes(18).toString('base64url')}`

/**
 * POST /survey-plan (seed 000): the plan is offered from the moment it is stored. One that nobody can get into is taken
 * too, as the seed's own example is, and the header `Tributary-Warning` says why (docs/buyers.md).
 */
export function createPlan(deps: ApiDependencies): RequestHandler {
  return async (request, response) => {
    const plan = readSurveyPlan(request.body, planRules(deps))
    const planId = newPlanId()
    const demandPartner = partnerOf(response).id
    const now = deps.clock()
    await deps.knex.transaction((trx) => insertPlan(trx, { planId, demandPartner, plan }, now))
    stampSoon(deps.knex)
    drivePlan(deps, planId)
    const warnings = deadOnArrival(plan, now)
    // the body is the seed's: it has no member for this
    if (warnings.length > 0) response.setHeader('Tributary-Warning', warnings.join('; '))
    response.status(201).json({ id: planId })
  }
}
