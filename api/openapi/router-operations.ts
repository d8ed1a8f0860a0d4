import { z } from 'zod'
import {
  CreateSurveySessionResponse,
  PanelistSurveyOutcome,
  PanelistSurveyOutcomeResponse,
  RetrieveSessionResponse,
  SurveySession,
} from '../router/schemas.js'
import type { Operation } from './operation.js'

const TokenPath = z.object({ token: z.string() })
const page = (description: string) => ({ description, schema: z.string(), contentType: 'text/html' })
const HOME = { description: "To the panel's redirect for the outcome, with our signed token as `token=`" }
const BODY = { 413: 'The body is larger than 256 KB', 415: 'The body is not application/json' }

/**
 * The Session Router of the Kantar Gateway API (docs/router.md): panels, survey platforms and respondents' browsers.
 */
export const routerOperations: readonly Operation[] = [
  {
    method: 'post',
    path: '/panels/{panelId}/session/{token}',
    tag: 'Session router',
    summary: 'Bring a panelist to a survey of the feed',
    description:
      "The address is the feed's `survey_session_creation_url`. The profile must meet the qualifications of the survey and of the quota; without `target_quota_id` the first open quota that fits is used. A repeat while that session is open gets the same link.",
    audience: 'panel',
    errors: 'gateway',
    params: z.object({ panelId: z.string(), token: z.string() }),
    body: { schema: SurveySession },
    answers: { 200: { description: 'The link that starts the survey', schema: CreateSurveySessionResponse } },
    problems: {
      400: 'Refused: `details` names the fault of the profile, or says that the survey or quota is paused, closed or full, or that the token or the panel does not match',
      ...BODY,
    },
  },
  {
    method: 'get',
    path: '/sessions/start/{token}',
    tag: 'Session router',
    summary: "The panelist's click on the link of a session",
    description:
      "Takes the slot of a survey plan and redirects to the survey. A repeated click resumes the same session, unless the plan says `resume_allowed: false`. Expired, closed, paused or full: to the panel's redirect for TIMEOUT or QUOTA_FULL.",
    audience: 'anyone',
    errors: 'page',
    params: TokenPath,
    answers: {
      200: page('The entry is still opening: a page that refreshes itself'),
      302: { description: "To the survey, or to the panel's redirect" },
      404: page('The link is not known'),
      409: page('The session has started already, and may not be resumed'),
    },
  },
  {
    method: 'get',
    path: '/sessions/{token}',
    tag: 'Session router',
    summary: 'The session that a respondent came with as `t`',
    audience: 'survey_platform',
    errors: 'gateway',
    params: TokenPath,
    answers: { 200: { description: 'The session', schema: RetrieveSessionResponse } },
    problems: {
      400: "Session not found, or another survey platform's",
    },
  },
  {
    method: 'post',
    path: '/panelist-outcome',
    tag: 'Session router',
    summary: 'Report how a session ended, server to server',
    description:
      'The first outcome counts. A repeat gets the same answer. A different outcome gets it too: it is stored as a claim and changes nothing.',
    audience: 'survey_platform',
    errors: 'gateway',
    body: { schema: PanelistSurveyOutcome },
    answers: { 200: { description: 'Where to send the browser', schema: PanelistSurveyOutcomeResponse } },
    problems: { 400: 'Not one of the eight outcomes, or not a session of this survey platform', ...BODY },
  },
  {
    method: 'get',
    path: '/panelist-outcome/{outcome}',
    tag: 'Session router',
    summary: 'The browser reports how a survey of a non integrated platform ended',
    description:
      'Without proof, a COMPLETED is provisional, and payable only where the buyer accepts unsigned outcomes. The outcome is stored in any case.',
    audience: 'anyone',
    errors: 'page',
    params: z.object({ outcome: z.string().meta({ example: 'completed' }) }),
    query: z.object({ t: z.string().meta({ description: 'The session token of the survey address' }) }),
    answers: {
      302: HOME,
      400: page('No outcome, no session, or the survey has an integrated platform'),
      404: page('The session is not known'),
    },
  },
  {
    method: 'get',
    path: '/sessions/finish/{token}',
    tag: 'Session router',
    summary: 'Return from a survey to the panel',
    audience: 'anyone',
    errors: 'page',
    params: TokenPath,
    answers: {
      302: HOME,
      404: page('The link is not known'),
      409: page('The survey has not reported an outcome yet'),
    },
  },
]
