import { z } from 'zod'
import { AttributesAnswer, AttributesQuery } from '../panel/attribute-schemas.js'
import { ExplainAnswer, ExplainQuery } from '../panel/explain-schemas.js'
import { PanelistAnswer, PanelistPath, PanelistRequest } from '../panel/panelist-schemas.js'
import { PostbacksAnswer, PostbacksQuery, RedeliverAnswer } from '../panel/postback-schemas.js'
import {
  CreateSessionAnswer,
  CreateSessionRequest,
  MatchAnswer,
  MatchRequest,
  NotNowProblem,
  OfferGoneProblem,
  SessionExistsProblem,
} from '../panel/schemas.js'
import { SessionAnswer, SessionsAnswer, SessionsQuery } from '../panel/session-schemas.js'
import type { Operation } from './operation.js'

const MALFORMED = 'The request is malformed; `errors` names every field'
const NOT_YOURS = 'Not found, or not yours; both get the same answer'

/** The operations for a panel app (docs/api.md, From an offer to the money). */
export const panelOperations: readonly Operation[] = [
  {
    method: 'post',
    path: '/v1/surveys/match',
    tag: 'Surveys',
    summary: 'Which surveys suit a panelist, best first',
    description:
      'A profile in the body applies to this call; without one, the stored profile applies. An absent device or locale restricts nothing. One offer per survey, at the open quota that fits and pays best. Surveys that the panelist completed, or is in, are not offered again. `connections` says how fresh the surveys of each provider account are.',
    audience: 'panel',
    body: { schema: MatchRequest },
    answers: { 200: { description: 'Offers, ranked', schema: MatchAnswer } },
    problems: {
      400: MALFORMED,
      413: 'The body is larger than 256 KB',
      415: 'The body is not application/json',
    },
  },
  {
    method: 'get',
    path: '/v1/surveys/{survey_id}/explain',
    tag: 'Surveys',
    summary: 'Why a survey is offered to a stored panelist, or not',
    audience: 'panel',
    params: z.object({ survey_id: z.string() }),
    query: ExplainQuery,
    answers: { 200: { description: 'The verdict and its reasons', schema: ExplainAnswer } },
    problems: { 400: MALFORMED, 404: NOT_YOURS },
  },
  {
    method: 'get',
    path: '/v1/attributes',
    tag: 'Panelists',
    summary: 'The attributes of a profile, and the connections that use each',
    audience: 'panel',
    query: AttributesQuery,
    answers: { 200: { description: 'Those of the country; without one, all', schema: AttributesAnswer } },
    problems: { 400: MALFORMED },
  },
  {
    method: 'put',
    path: '/v1/panelists/{panelist_id}',
    tag: 'Panelists',
    summary: 'Store a panelist, replacing the whole of an earlier profile',
    audience: 'panel',
    params: PanelistPath,
    body: { schema: PanelistRequest },
    answers: { 200: { description: 'What is stored now', schema: PanelistAnswer } },
    problems: { 400: MALFORMED, 413: 'The body is larger than 256 KB', 415: 'The body is not application/json' },
  },
  {
    method: 'get',
    path: '/v1/panelists/{panelist_id}',
    tag: 'Panelists',
    summary: 'Read a stored panelist',
    audience: 'panel',
    params: PanelistPath,
    answers: { 200: { description: 'The panelist', schema: PanelistAnswer } },
    problems: { 400: MALFORMED, 404: NOT_YOURS },
  },
  {
    method: 'post',
    path: '/v1/sessions',
    tag: 'Sessions',
    summary: 'Turn an offer into a session, its price locked',
    description:
      'Send the respondent to `entry_url`. While a provider is slow or away, the answer is 201 with state `opening`: the link works as soon as the provider answers. With an `Idempotency-Key` the request is idempotent: a repeat gets the stored 201 and `Idempotent-Replayed: true`.',
    audience: 'panel',
    headers: z.object({ 'Idempotency-Key': z.string().min(1).max(255).optional() }),
    body: { schema: CreateSessionRequest },
    answers: {
      201: { description: 'The session', schema: CreateSessionAnswer },
      409: {
        description:
          '`offer_gone`: gone, full, expired or now cheaper than offered, with up to 3 fresh `alternatives`. `session_exists`: the panelist is in this survey already. `cap_reached`: no starts left for now. `below_minimum_age`: too young for the market. `request_in_progress`: the first request with this key is still in progress',
        schema: z.union([OfferGoneProblem, SessionExistsProblem, NotNowProblem]),
        contentType: 'application/problem+json',
      },
    },
    problems: {
      400: MALFORMED,
      404: "The offer cannot be read, or is another panel's or panelist's",
      413: 'The body is larger than 256 KB',
      415: 'The body is not application/json',
      422: 'The Idempotency-Key was used with another body',
    },
  },
  {
    method: 'get',
    path: '/v1/sessions',
    tag: 'Sessions',
    summary: 'List sessions by creation, newest first',
    description: '`from` ≤ created < `to`. `next_cursor` is null on the last page.',
    audience: 'panel',
    query: SessionsQuery,
    answers: { 200: { description: 'A page of sessions', schema: SessionsAnswer } },
    problems: { 400: MALFORMED },
  },
  {
    method: 'get',
    path: '/v1/sessions/{session_id}',
    tag: 'Sessions',
    summary: 'The state of a session, and its history',
    audience: 'panel',
    params: z.object({ session_id: z.string() }),
    answers: { 200: { description: 'The session', schema: SessionAnswer } },
    problems: { 404: NOT_YOURS },
  },
  {
    method: 'get',
    path: '/v1/postbacks',
    tag: 'Postbacks',
    summary: 'The messages sent to you about a session, with every attempt',
    audience: 'panel',
    query: PostbacksQuery,
    answers: { 200: { description: 'The messages in their order', schema: PostbacksAnswer } },
    problems: { 400: MALFORMED, 404: NOT_YOURS },
  },
  {
    method: 'post',
    path: '/v1/postbacks/{id}/redeliver',
    tag: 'Postbacks',
    summary: 'Send a message once more, under the same webhook-id',
    audience: 'panel',
    params: z.object({ id: z.string() }),
    answers: { 202: { description: 'The delivery has started', schema: RedeliverAnswer } },
    problems: { 404: NOT_YOURS },
  },
]
