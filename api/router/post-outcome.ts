import type { RequestHandler } from 'express'
import { findByIdOrToken } from '../../db/read-models/platform-session.js'
import type { ApiDependencies } from '../dependencies.js'
import { platformOf } from '../http/gateway-auth.js'
import { readBody } from './read-body.js'
import { isOf, unknownSession } from './read-session.js'
import { PanelistSurveyOutcome, type PanelistSurveyOutcomeResponse } from './schemas.js'
import { tellOutcome } from './tell-outcome.js'

/**
 * `POST /panelist-outcome` (Kantar Gateway API, Panelist Outcome): a survey platform's server reports how its
 * session ended. Idempotent; an outcome that differs from the first is stored as a claim and gets the same redirect URL
 * (docs/router.md, How it ended).
 */
export function postPanelistOutcome(deps: ApiDependencies): RequestHandler {
  return async (request, response) => {
    const { session_id, outcome } = readBody(PanelistSurveyOutcome, request)
    const session = await findByIdOrToken(deps.knex, session_id)
    if (session === null || !isOf(session, platformOf(response))) throw unknownSession('session_id')
    await tellOutcome(deps, session.sessionId, { source: 'postback', outcome, grade: 'E2' })
    const answer: PanelistSurveyOutcomeResponse = {
      redirect_url: `${deps.publicUrl}/sessions/finish/${session.finishToken}`,
    }
    response.json(answer)
  }
}
