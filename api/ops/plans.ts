import type { RequestHandler } from 'express'
import type { Keyset } from '../../db/read-models/keyset.js'
import { listPlans, type PlanFilter, type PlanOverview } from '../../db/read-models/plan-overview.js'
import { planWorkflowId } from '../../workflows/messages/plan.js'
import type { ApiDependencies } from '../dependencies.js'
import { parse } from '../http/validate.js'
import { cursorOf } from '../panel/paging.js'
import { type PlansAnswer, PlansQuery } from './plan-schemas.js'
import type { TemporalUi } from './temporal-ui.js'

/** `GET /v1/ops/plans`: every buyer's survey plans with their completes so far. */
export function plansList(deps: ApiDependencies, ui: TemporalUi): RequestHandler {
  return async (request, response) => {
    const query = parse(PlansQuery, request.query)
    const filter = { demandPartner: query.demand_partner ?? null, status: query.status ?? null }
    const { rows, nextCursor } = await plansStanding(deps, ui, filter, query.cursor ?? null, query.limit)
    const answer: PlansAnswer = {
      plans: rows.map((row) => ({
        id: row.planId,
        demand_partner: row.demandPartner,
        survey_id: row.surveyId,
        buyer_survey_id: row.buyerSurveyId,
        country: row.country,
        status: row.status,
        status_reason: row.statusReason,
        target_completes: row.target,
        overage: row.overage,
        completes: row.completes,
        held: row.held,
        panels: [...row.panels],
        finish_date: row.finishDate,
        created_at: row.createdAt.toISOString(),
        workflow_url: row.workflowUrl,
      })),
      next_cursor: nextCursor,
    }
    response.json(answer)
  }
}

type ShownPlan = PlanOverview & { readonly workflowUrl: string | null }

/** A page of plans, each with the address of its workflow in the Temporal UI. */
export async function plansStanding(
  deps: Pick<ApiDependencies, 'knex' | 'clock'>,
  ui: TemporalUi,
  filter: PlanFilter,
  after: Keyset | null,
  limit: number,
): Promise<{ rows: readonly ShownPlan[]; nextCursor: string | null }> {
  const { rows, next } = await listPlans(deps.knex, filter, after, limit, deps.clock())
  return {
    rows: rows.map((row) => ({ ...row, workflowUrl: ui.workflow(planWorkflowId(row.planId)) })),
    nextCursor: cursorOf(next),
  }
}
