import { randomUUID } from 'node:crypto'
import type { Request, RequestHandler } from 'express'
import { isCapped, mayUse, upstreamPanelistId, watchedConnections } from '../../commands/access/usable-connections.js'
import { readPanelistStanding } from '../../db/read-models/panelist-standing.js'
import { findSurvey } from '../../db/read-models/survey-record.js'
import type { SessionRow } from '../../db/rows/session-row.js'
import { insertSession, SessionExists } from '../../db/statements/insert-session.js'
import { findUnfinishedSession } from '../../db/stores/session-store.js'
import { excludedByGroup } from '../../domain/grouping.js'
import { GATEWAY } from '../../domain/plan/survey-plan.js'
import type { PanelConfig } from '../../platform/config/panel-schema.js'
import { failpoint } from '../../platform/failpoints.js'
import { newSession, openOrWait } from '../booked-session.js'
import type { ApiDependencies } from '../dependencies.js'
import { supplierOf } from '../http/gateway-auth.js'
import { fault, GatewayValidationError } from '../http/gateway-errors.js'
import { panelistAgeFloor, tooYoung } from '../panel/age-floor.js'
import { isWelcome, snapshotOf } from '../panel/book-offer.js'
import { chooseInPlan } from './choose-in-plan.js'
import { chooseUpstream } from './choose-upstream.js'
import { readBody } from './read-body.js'
import { type CreateSurveySessionResponse, SurveySession } from './schemas.js'
import type { Asked, SurveyChoice } from './survey-choice.js'

/**
 * `POST /panels/{panelId}/session/{token}` (seed 000, Create Session): a panelist becomes a session of a survey of the
 * feed, our own plan's or a provider's. Sent again while that session lasts, it is answered with the same link.
 */
export function createSurveySession(deps: ApiDependencies): RequestHandler {
  return async (request, response) => {
    const panel = supplierOf(response)
    const surveyId = surveyOf(deps, panel, request)
    const body = readBody(SurveySession, request)
    const asked = await lookUp(deps, panel, surveyId, body)
    const choice = asked.found.connection === GATEWAY ? await chooseInPlan(asked) : chooseUpstream(asked)
    requireAge(asked)
    // whoever has their place already is not asked whether there is room for one more
    const held = await unfinishedSession(asked)
    if (held !== null) return void response.json(answer(deps, held))
    if ('full' in choice) throw new GatewayValidationError([choice.full])
    requireWelcome(asked, choice)
    const row = await store(asked, choice)
    if (row.state === 'finished') throw fault('status', 'token', 'the provider does not take this panelist now')
    response.json(answer(deps, row))
  }
}

function answer({ publicUrl }: ApiDependencies, { entry_token }: SessionRow): CreateSurveySessionResponse {
  return { url: `${publicUrl}/sessions/start/${entry_token}` }
}

/** The survey that a session creation URL is for; it belongs to one panel. */
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
  fault('exists', 'token', "is not one of this panel's: take survey_session_creation_url as GET /surveys has it")

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
  return {
    deps,
    panel,
    body,
    found,
    connection,
    standing,
    snapshot: snapshotOf(body.panelist_profile, standing.stored),
    now,
  }
}

/** The session of this survey that the panelist is in. */
async function unfinishedSession({ deps, panel, body, found, standing }: Asked): Promise<SessionRow | null> {
  if (!standing.taken.includes(found.surveyId)) return null
  return findUnfinishedSession(deps.knex, panel.id, body.panelist_id, found.surveyId)
}

/** The panelist has to be old enough for the market, whatever the survey asks. */
function requireAge({ deps, panel, body, found, standing }: Asked): void {
  const { country } = found.survey
  const floor = panelistAgeFloor(deps, panel, country, { profile: body.panelist_profile }, standing.stored)
  if (!floor.holds) throw fault('minimum_age', 'panelist_id', tooYoung(floor, country))
}

/** What the panelist did before, here and elsewhere, may keep them out. */
function requireWelcome({ panel, found, connection, standing, now }: Asked, { quota }: SurveyChoice): void {
  const { surveyId, connection: at, providerSurveyId, survey } = found
  if (standing.takenSurveys.some((one) => one.connection === at && one.providerSurveyId === providerSurveyId)) {
    throw fault('unique', 'panelist_id', 'has completed this survey already')
  }
  if (standing.taken.includes(surveyId) || !isWelcome(found, quota, standing)) {
    throw fault('qualification', 'panelist_id', 'is not wanted in this survey by its provider')
  }
  if (excludedByGroup(at, providerSurveyId, survey, standing.takenSurveys, now) !== null) {
    throw fault('unique', 'panelist_id', 'has taken part in a survey of the same group')
  }
  if (isCapped(panel, connection, standing)) {
    throw fault('caps', 'panelist_id', 'has had all the starts that the caps allow for now')
  }
}

/** Stores the session and waits for its entry; of two requests at once, both get the one that was stored. */
async function store(asked: Asked, choice: SurveyChoice): Promise<SessionRow> {
  const { deps, panel, body, found, connection, snapshot } = asked
  const sessionId = randomUUID()
  const respondent = {
    panelistId: body.panelist_id,
    device: null,
    userIp: null,
    userAgent: null,
    customPanelData: body.custom_panel_data ?? null,
  }
  const providerPanelistId = upstreamPanelistId(deps, panel, connection, body.panelist_id)
  const booking = { ...choice, found, ownSurvey: null, providerPanelistId, snapshot }
  try {
    const session = newSession(deps, panel, respondent, booking, sessionId)
    await deps.knex.transaction((trx) => insertSession(trx, session))
  } catch (error) {
    const twin =
      error instanceof SessionExists
        ? await findUnfinishedSession(deps.knex, panel.id, body.panelist_id, found.surveyId)
        : null
    if (twin === null) throw error
    return openOrWait(deps, twin.session_id)
  }
  failpoint('session.after_row')
  return openOrWait(deps, sessionId)
}
