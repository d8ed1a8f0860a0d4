import type { RequestHandler } from 'express'
import { type Deletion, removePlan } from '../../commands/plans/delete.js'
import type { ApiDependencies } from '../dependencies.js'
import { partnerOf } from '../http/gateway-auth.js'
import { fault } from '../http/gateway-errors.js'
import { drivePlan } from './drive-plan.js'
import { isPlanId, noSuchPlan } from './read-plan.js'

/** DELETE /survey-plans/{id} (Kantar Gateway API): only a closed plan without open sessions. Panels see it closed. */
export function deletePlan(deps: ApiDependencies): RequestHandler {
  return async (request, response) => {
    const id = request.params.id
    if (!isPlanId(id)) throw noSuchPlan()
    refuse(await removePlan(deps, { demandPartner: partnerOf(response).id, planId: id }))
    drivePlan(deps, id)
    response.status(204).end()
  }
}

function refuse(deletion: Deletion): void {
  if (deletion === 'not_found') throw noSuchPlan()
  if (deletion === 'not_closed') {
    throw fault('closed', 'status', 'must be CLOSED before the survey plan can be deleted: PATCH {"status": "CLOSED"}')
  }
  if (deletion === 'sessions_in_progress') {
    throw fault(
      'sessions_in_progress',
      'id',
      'has respondents in it: a survey plan can be deleted once its last session has ended or timed out',
    )
  }
}
