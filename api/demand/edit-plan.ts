import type { RequestHandler } from 'express'
import { changeQuotaStatus } from '../../commands/plans/set-quota-status.js'
import { changePlanStatus, type StatusChange } from '../../commands/plans/set-status.js'
import type { PlanRecord } from '../../db/read-models/plan-record.js'
import type { PlanStatus } from '../../domain/plan/survey-plan.js'
import type { ApiDependencies } from '../dependencies.js'
import { partnerOf } from '../http/gateway-auth.js'
import { fault, GatewayValidationError } from '../http/gateway-errors.js'
import { notFound } from '../http/problem.js'
import { drivePlan } from './drive-plan.js'
import { EditStatusRequest } from './plan-schemas.js'
import { isPlanId, noSuchPlan } from './read-plan.js'
import { wireFaults } from './wire-faults.js'

/** PATCH /survey-plans/{id} (Kantar Gateway API, Edit Survey Plan): edits only its status. */
export function editPlan(deps: ApiDependencies): RequestHandler {
  return async (request, response) => {
    const status = readStatus(request.body)
    const id = request.params.id
    if (!isPlanId(id)) throw noSuchPlan()
    const change = await changePlanStatus(deps, { demandPartner: partnerOf(response).id, planId: id, status })
    if (change.kind === 'not_found') throw noSuchPlan()
    const { planId, plan } = settle(deps, change, 'plan')
    response.json({ id: planId, message: `Survey plan ${plan.surveyId} is ${status}` })
  }
}

/**
 * PATCH /survey-plans/{id}/quotas/{quotaId} (Kantar Gateway API, PATCH Survey Plan Quota): edits only its status.
 */
export function editQuota(deps: ApiDependencies): RequestHandler {
  return async (request, response) => {
    const status = readStatus(request.body)
    const { id, quotaId } = request.params
    if (!isPlanId(id) || typeof quotaId !== 'string') throw noSuchPlan()
    const change = await changeQuotaStatus(deps, { demandPartner: partnerOf(response).id, planId: id, quotaId, status })
    if (change.kind === 'not_found') throw notFound('Survey plan or quota not found')
    const plan = settle(deps, change, 'quota')
    response.json({
      id: plan.planId,
      survey_plan_status: plan.status,
      message: `Quota ${quotaId} is ${status}; its survey plan is ${plan.status}`,
    })
  }
}

function readStatus(body: unknown): PlanStatus {
  const read = EditStatusRequest.safeParse(body)
  if (read.success) return read.data.status
  throw new GatewayValidationError(wireFaults(read.error, body, 'cannot be changed: only the status can be edited'))
}

/** After the commit: notifies the plan's workflow. @throws GatewayValidationError when the change was refused */
function settle(
  deps: ApiDependencies,
  change: Exclude<StatusChange, { kind: 'not_found' }>,
  what: 'plan' | 'quota',
): PlanRecord {
  if (change.kind === 'refused') {
    throw change.reason === 'filled'
      ? fault('filled', 'status', `cannot be OPEN: the ${what} has reached its target completes`)
      : fault('finish_date', 'status', 'cannot be OPEN: the finish date of the plan has passed')
  }
  drivePlan(deps, change.plan.planId)
  return change.plan
}
