import type { RequestHandler } from 'express'
import { listPlansOf } from '../../db/read-models/plan-list.js'
import { respondentsInPlans } from '../../db/read-models/plan-performance.js'
import type { PlanRow } from '../../db/rows/plan-row.js'
import type { ApiDependencies } from '../dependencies.js'
import { partnerOf } from '../http/gateway-auth.js'
import { parse } from '../http/validate.js'
import { type ListedPlan, type PlansAnswer, PlansQuery, planCursorOf } from './policy-schemas.js'

/** GET /v1/plans: a demand partner's plans, newest first, a page at a time. */
export function listPlans(deps: ApiDependencies): RequestHandler {
  return async (request, response) => {
    const { limit, cursor } = parse(PlansQuery, request.query)
    const rows = await listPlansOf(deps.knex, partnerOf(response).id, { limit: limit + 1, after: cursor ?? null })
    const page = rows.slice(0, limit)
    const last = rows.length > limit ? page.at(-1) : undefined
    const inside = await respondentsInPlans(
      deps.knex,
      page.map((row) => row.planId),
      deps.clock(),
    )
    const answer: PlansAnswer = {
      plans: page.map((row) => listed(row, inside.get(row.planId) ?? 0)),
      next_cursor: last === undefined ? null : planCursorOf({ createdAt: last.createdAt, planId: last.planId }),
    }
    response.json(answer)
  }
}

function listed(row: PlanRow, inProgress: number): ListedPlan {
  return {
    id: row.planId,
    survey_id: row.plan.surveyId,
    panel_survey_id: row.surveyId,
    status: row.status,
    status_reason: row.statusReason,
    country: row.plan.country,
    target_completes: row.targetCompletes,
    completes: row.completes,
    available_completes: Math.max(0, row.targetCompletes - row.completes),
    in_progress: inProgress,
    overage: row.overage,
    finish_date: row.plan.finishDate ?? null,
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  }
}
