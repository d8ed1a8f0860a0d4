import type { RequestHandler } from 'express'
import { isCapped, mayUse, watchedConnections } from '../../commands/access/usable-connections.js'
import { readPanelistStanding } from '../../db/read-models/panelist-standing.js'
import { findPlan } from '../../db/read-models/plan-record.js'
import { findSurvey, type SurveyRecord } from '../../db/read-models/survey-record.js'
import { excludedByGroup } from '../../domain/grouping.js'
import { mayTakePart } from '../../domain/participation.js'
import { GATEWAY } from '../../domain/plan/survey-plan.js'
import type { ApiDependencies } from '../dependencies.js'
import { panelOf } from '../http/auth.js'
import { notFound } from '../http/problem.js'
import { parse } from '../http/validate.js'
import { panelistAgeFloor } from './age-floor.js'
import { panelistOf } from './find-offers.js'
import { ExplainQuery } from './schemas.js'

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
      throw notFound('There is no such survey for you')
    }
    if (!(await isForPanel(deps, found, panel.id))) throw notFound('There is no such survey for you')
    if (standing.stored === null) throw notFound('This panelist is not stored: PUT /v1/panelists/{id} first')
    const panelist = panelistOf({ panelist_id: panelistId }, standing.stored)
    const explanation = await deps.catalogue.explain(surveyId, panel.id, panelist, null)
    if (explanation === null) throw notFound('There is no such survey for you')
    const taken = standing.taken.includes(surveyId)
    const { connection: at, providerSurveyId, survey } = found
    const grouped = excludedByGroup(at, providerSurveyId, survey, standing.takenSurveys, deps.clock())
    const capped = isCapped(panel, connection, standing)
    const blocked = standing.blocked.includes(connection.id)
    const named = survey.membersOnly !== true || standing.invitations.has(surveyId)
    const welcome = !blocked && named
    const quotaIds = survey.quotas.length === 0 ? [null] : survey.quotas.map(({ quotaId }) => quotaId)
    const mayEnter = quotaIds.some((quotaId) => mayTakePart(survey, at, quotaId, standing.past))
    const floor = panelistAgeFloor(deps, panel, panelist.country, {}, standing.stored)
    response.json({
      ...explanation,
      verdict:
        !floor.holds || taken || capped || grouped !== null || !welcome || !mayEnter ? 'no' : explanation.verdict,
      rules: [
        ...explanation.rules,
        {
          rule: 'minimum_age',
          wanted: floor.minimumAge === 0 ? 'any age' : `${floor.minimumAge} or older`,
          given: floor.age === null ? 'not said' : String(floor.age),
          holds: floor.holds,
        },
        {
          rule: 'taken',
          wanted: 'not completed or under way',
          given: taken ? 'completed or under way' : 'neither',
          holds: !taken,
        },
        {
          rule: 'group',
          wanted: survey.grouping ? `none of its group within ${survey.grouping.exclusionDays} days` : 'no group',
          given: grouped === null ? 'none' : `${grouped} taken`,
          holds: grouped === null,
        },
        {
          rule: 'provider',
          wanted: 'welcome there',
          given: blocked ? 'not wanted for now' : named ? 'welcome' : 'for people it names only',
          holds: welcome,
        },
        {
          rule: 'participation',
          wanted: 'took part in nothing that excludes',
          given: mayEnter ? 'nothing' : 'took part',
          holds: mayEnter,
        },
        { rule: 'caps', wanted: 'starts left', given: capped ? 'none left' : 'some left', holds: !capped },
      ],
    })
  }
}

/**
 * A buyer's plan is there for the panels that it names and for nobody else. One of them that had its share, and so is
 * offered nothing for now, may ask why.
 */
async function isForPanel(deps: ApiDependencies, found: SurveyRecord, panel: string): Promise<boolean> {
  if (found.connection !== GATEWAY || found.survey.panels?.includes(panel) === true) return true
  const plan = await findPlan(deps.knex, found.providerSurveyId, deps.clock())
  return plan?.plan.targetPanels.includes(panel) === true
}
