import type { RequestHandler } from 'express'
import { findByToken, type PlatformSession } from '../../db/read-models/platform-session.js'
import { isNonIntegrated } from '../../domain/plan/survey-plan.js'
import type { ApiDependencies } from '../dependencies.js'
import { platformOf } from '../http/gateway-auth.js'
import { fault, type GatewayValidationError } from '../http/gateway-errors.js'
import { RetrieveSessionResponse } from './schemas.js'

/**
 * `GET /sessions/{token}` (Kantar Gateway API, Retrieve Session): the session with which a survey platform
 * received a respondent.
 */
export function readSurveySession(deps: ApiDependencies): RequestHandler {
  return async (request, response) => {
    const session = await findByToken(deps.knex, String(request.params.token))
    if (session === null || !isOf(session, platformOf(response))) throw unknownSession('token')
    if (session.panelistId === null)
      throw fault('exists', 'token', 'the panelist was erased; you can still report the outcome')
    response.json(answerOf(session, session.panelistId))
  }
}

/** True for a platform's own sessions. A platform that only redirects browsers has no key and owns none. */
export function isOf({ surveyPlatform }: PlatformSession, platform: string): boolean {
  return !isNonIntegrated({ surveyPlatform }) && surveyPlatform.trim().toUpperCase() === platform
}

/** Another platform's session gets the same answer as a session that does not exist. */
export const unknownSession = (field: string): GatewayValidationError =>
  fault('exists', field, 'is not a session of this survey platform')

function answerOf(session: PlatformSession, panelistId: string): RetrieveSessionResponse {
  const { customPanelData, panelistProfile } = session
  const profile = RetrieveSessionResponse.shape.panelist_profile.safeParse(panelistProfile ?? undefined).data
  return {
    session_id: session.sessionId,
    survey_platform_id: session.surveyPlatform.trim().toUpperCase(),
    survey_id: session.surveyId,
    survey_url: session.surveyUrl,
    supplier_id: session.panel.toUpperCase(),
    ...(customPanelData === null ? {} : { custom_panel_data: customPanelData }),
    panelist_id: panelistId,
    ...(profile === undefined || Object.keys(profile).length === 0 ? {} : { panelist_profile: profile }),
  }
}
