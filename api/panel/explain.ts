import type { RequestHandler } from 'express'
import { mayUse, watchedConnections } from '../../commands/access/usable-connections.js'
import { readPanelistStanding } from '../../db/read-models/panelist-standing.js'
import { findPlan } from '../../db/read-models/plan-record.js'
import { findSurvey, type SurveyRecord } from '../../db/read-models/survey-record.js'
import { GATEWAY } from '../../domain/plan/survey-plan.js'
import type { ApiDependencies } from '../dependencies.js'
import { panelFactsOf, panelistFactsOf } from '../eligibility/gather-facts.js'
import { panelOf } from '../http/auth.js'
import { notFound } from '../http/problem.js'
import { parse } from '../http/validate.js'
import { panelistAgeFloor } from './age-floor.js'
import { ExplainQuery } from './explain-schemas.js'
import { panelistOf } from './find-offers.js'

/** `GET /v1/surveys/{survey_id}/explain?panelist_id=`: why a stored panelist is, or is not, offered a survey. */
export function explain(deps: ApiDependencies): RequestHandler {
  return async (request, response) => {
    const panel = panelOf(response)
    const { panelist_id: panelistId } = parse(ExplainQuery, request.query)
    const surveyId = String(request.params.survey_id)
    const watched = watchedConnections(deps, panel, panelistId)
    const [found, standing] = await Promise.all([
      findSurvey(deps.knex, surveyId),
      readPanelistStanding(deps.knex, panel.id, panelistId, deps.clock(), watched),
    ])
    const connection = deps.config.connections.find(({ id }) => id === found?.connection)
    if (found === null || connection === undefined || !mayUse(panel, connection.id)) {
      throw notFound('Survey not found')
    }
    if (!(await isForPanel(deps, found, panel.id))) throw notFound('Survey not found')
    if (standing.stored === null) throw notFound('This panelist is not stored: PUT /v1/panelists/{id} first')
    const panelist = panelistOf({ panelist_id: panelistId }, standing.stored)
    const age = panelistAgeFloor(deps, panel, panelist.country, {}, standing.stored)
    const explanation = await deps.catalogue.explain(surveyId, panel.id, panelist, null, {
      panel: panelFactsOf(panel),
      panelist: panelistFactsOf(standing, age),
      terms: { usable: true, caps: connection.caps },
    })
    if (explanation === null) throw notFound('Survey not found')
    response.json(explanation)
  }
}

/**
 * A buyer's plan is visible only to the panels that it names. A panel whose allocation is used up gets no offers of the
 * plan, but may still read why.
 */
async function isForPanel(deps: ApiDependencies, found: SurveyRecord, panel: string): Promise<boolean> {
  if (found.connection !== GATEWAY || found.survey.panels?.includes(panel) === true) return true
  const plan = await findPlan(deps.knex, found.providerSurveyId, deps.clock())
  return plan?.plan.targetPanels.includes(panel) === true
}
