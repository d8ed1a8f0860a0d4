import type { Request, RequestHandler } from 'express'
import { mayUse, upstreamPanelistId, watchedConnections } from '../../commands/access/usable-connections.js'
import { bookSession } from '../../commands/sessions/book.js'
import { readPanelistStanding } from '../../db/read-models/panelist-standing.js'
import { findPlan } from '../../db/read-models/plan-record.js'
import { findUnfinishedSession } from '../../db/read-models/session.js'
import { findSurvey } from '../../db/read-models/survey-record.js'
import type { SessionRow } from '../../db/rows/session-row.js'
import { GATEWAY } from '../../domain/plan/survey-plan.js'
import type { PanelConfig } from '../../platform/config/panel-schema.js'
import type { ApiDependencies } from '../dependencies.js'
import { supplierOf } from '../http/gateway-auth.js'
import { fault, type GatewayValidationError } from '../http/gateway-errors.js'
import { Problem } from '../http/problem.js'
import { openOrWait } from '../open-session.js'
import { snapshotOf } from '../panel/book-offer.js'
import type { Asked } from './asked.js'
import { decideEntry } from './decide-entry.js'
import { entryFault, requireWellFormed } from './entry-faults.js'
import { type EntryTerms, entryTerms } from './entry-terms.js'
import { readBody } from './read-body.js'
import { type CreateSurveySessionResponse, SurveySession } from './schemas.js'

/**
 * `POST /panels/{panelId}/session/{token}` (Kantar Gateway API, Create Session): creates a session for a panelist
 * in a survey of the feed, our own plan's or a provider's. A repeated request during that session gets the same link.
 */
export function createSurveySession(deps: ApiDependencies): RequestHandler {
  return async (request, response) => {
    const panel = supplierOf(response)
    const surveyId = surveyOf(deps, panel, request)
    const body = readBody(SurveySession, request)
    const asked = await lookUp(deps, panel, surveyId, body)
    const decided = decideEntry(asked)
    requireWellFormed(asked, decided)
    const held = await unfinishedSession(asked)
    const refusal = entryFault(decided, held !== null)
    if (refusal !== null) throw refusal
    if (held !== null) return void response.json(answer(deps, held))
    const row = await store(asked, entryTerms(asked, decided))
    if (row.state === 'finished') throw fault('status', 'token', 'the provider currently refuses this panelist')
    response.json(answer(deps, row))
  }
}

function answer({ publicUrl }: ApiDependencies, { entry_token }: SessionRow): CreateSurveySessionResponse {
  return { url: `${publicUrl}/sessions/start/${entry_token}` }
}

/** Reads the survey of a session creation URL, which belongs to one panel. */
function surveyOf(deps: ApiDependencies, panel: PanelConfig, request: Request): string {
  const { panelId, token } = request.params
  if (String(panelId).toLowerCase() !== panel.id.toLowerCase()) {
    throw fault('exists', 'panelId', `this key belongs to panel ${panel.id}`)
  }
  const surveyId = deps.sessionTokens.read(panel.id, String(token))
  if (surveyId === null) throw unknownToken()
  return surveyId
}

const unknownToken = (): GatewayValidationError =>
  fault('exists', 'token', 'is not a token of this panel: use survey_session_creation_url from GET /surveys')

async function lookUp(
  deps: ApiDependencies,
  panel: PanelConfig,
  surveyId: string,
  body: SurveySession,
): Promise<Asked> {
  const now = deps.clock()
  const watched = watchedConnections(deps, panel, body.panelist_id)
  const [found, standing] = await Promise.all([
    findSurvey(deps.knex, surveyId),
    readPanelistStanding(deps.knex, panel.id, body.panelist_id, now, watched),
  ])
  const connection = deps.config.connections.find(({ id }) => id === found?.connection)
  if (found === null || connection === undefined || !mayUse(panel, connection.id)) throw unknownToken()
  const ownPlan = found.connection === GATEWAY
  return {
    deps,
    panel,
    body,
    found,
    connection,
    ownPlan,
    plan: ownPlan ? await findPlan(deps.knex, found.providerSurveyId, now) : null,
    standing,
    snapshot: snapshotOf(body.panelist_profile, standing.stored),
    now,
  }
}

/** The panelist's unfinished session of this survey. */
async function unfinishedSession({ deps, panel, body, found, standing }: Asked): Promise<SessionRow | null> {
  if (!standing.underWay.includes(found.surveyId)) return null
  return findUnfinishedSession(deps.knex, panel.id, body.panelist_id, found.surveyId)
}

/** Stores the session and waits for its entry. Two concurrent requests both get the session that was stored. */
async function store(asked: Asked, terms: EntryTerms): Promise<SessionRow> {
  const { deps, panel, body, found, connection, snapshot } = asked
  const respondent = {
    panelistId: body.panelist_id,
    device: null,
    userIp: null,
    userAgent: null,
    customPanelData: body.custom_panel_data ?? null,
  }
  const providerPanelistId = upstreamPanelistId(deps, panel, connection, body.panelist_id)
  const booking = { ...terms, found, ownSurvey: null, providerPanelistId, snapshot }
  const sessionId = await bookSession(deps, panel, respondent, booking, null)
  if (sessionId !== null) return openOrWait(deps, sessionId)
  const twin = await findUnfinishedSession(deps.knex, panel.id, body.panelist_id, found.surveyId)
  if (twin !== null) return openOrWait(deps, twin.session_id)
  throw new Problem(503, 'unavailable', 'Another session of this panelist ended just now: send the request again', {
    retryAfterSeconds: 1,
  })
}
