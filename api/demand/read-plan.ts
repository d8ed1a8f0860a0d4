import type { RequestHandler } from 'express'
import { planPerformance } from '../../db/read-models/plan-performance.js'
import { findPlan, type PlanRecord } from '../../db/read-models/plan-record.js'
import type { ApiDependencies } from '../dependencies.js'
import { partnerOf } from '../http/gateway-auth.js'
import { notFound, type Problem } from '../http/problem.js'
import { availableToWire, planToWire } from './plan-wire.js'

/**
 * GET /survey-plans/{id} (Kantar Gateway API): the plan, its statuses, remaining completes and how its sessions ended.
 */
export function readPlan(deps: ApiDependencies): RequestHandler {
  return async (request, response) => {
    const record = await planOfPartner(deps, partnerOf(response).id, request.params.id)
    const { completes, failures, panels } = await planPerformance(deps.knex, record.planId, record.plan.targetPanels)
    response.json({
      survey_plan: planToWire(record),
      available_completes: availableToWire(record),
      survey_performance: { completes, failures, status_metrics: Object.fromEntries(panels) },
    })
  }
}

/**
 * Reads a demand partner's own plan with its current status.
 * @throws Problem 404 for an unknown plan, another buyer's and a deleted one, with the same answer
 */
export async function planOfPartner(
  deps: Pick<ApiDependencies, 'knex' | 'clock'>,
  demandPartner: string,
  id: unknown,
): Promise<PlanRecord> {
  const record = isPlanId(id) ? await findPlan(deps.knex, id, deps.clock()) : null
  if (record === null || record.demandPartner !== demandPartner) throw noSuchPlan()
  return record
}

/** True for a text that could be a plan's id; other texts need no query. */
export const isPlanId = (id: unknown): id is string => typeof id === 'string' && /^[\w-]{1,64}$/.test(id)

export const noSuchPlan = (): Problem => notFound('Survey plan not found')
