import { randomBytes, randomUUID } from 'node:crypto'
import type { RequestHandler } from 'express'
import { bindIdempotencyKey } from '../../db/stores/idempotency-store.js'
import { rewardNow, type SessionRow, standingOf } from '../../db/stores/session-row.js'
import {
  announceSession,
  findSession,
  findUnfinishedSession,
  insertSession,
  SessionExists,
} from '../../db/stores/session-store.js'
import { rewardFor, sharedAmount } from '../../domain/reward.js'
import type { PanelConfig } from '../../platform/config/panel-schema.js'
import { failpoint } from '../../platform/failpoints.js'
import type { ApiDependencies } from '../dependencies.js'
import { panelOf } from '../http/auth.js'
import { Problem } from '../http/problem.js'
import { parseBody } from '../http/validate.js'
import { type Bookable, bookOffer, offerGone } from './book-offer.js'
import { withIdempotencyKey } from './idempotent.js'
import { CreateSessionRequest } from './schemas.js'

/** `POST /v1/sessions`: an offer becomes a session, its price locked, its entry opened with the provider. */
export function createSession(deps: ApiDependencies): RequestHandler {
  return async (request, response) => {
    const panel = panelOf(response)
    const body = parseBody(CreateSessionRequest, request)
    await withIdempotencyKey(deps, panel.id, request, response, body, async (key, resumed) => {
      const sessionId = resumed ?? (await storeSession(deps, panel, body, key))
      const row = await openOrWait(deps, sessionId)
      if (row.state === 'finished') throw await offerGone(deps, panel, body, row.survey_id, row.country)
      return { status: 201, body: answer(deps, row) }
    })
  }
}

/** Stores the session and, in the same transaction, which request made it. */
async function storeSession(
  deps: ApiDependencies,
  panel: PanelConfig,
  body: CreateSessionRequest,
  key: string | null,
): Promise<string> {
  const booking = await bookOffer(deps, panel, body)
  const sessionId = randomUUID()
  try {
    await deps.knex.transaction(async (trx) => {
      await insertSession(trx, newSession(deps, panel, body, booking, sessionId))
      if (key !== null) await bindIdempotencyKey(trx, panel.id, key, sessionId)
    })
  } catch (error) {
    if (error instanceof SessionExists) throw await sessionExists(deps, panel, body.panelist_id, booking)
    throw error
  }
  failpoint('session.after_row')
  return sessionId
}

function newSession(
  deps: ApiDependencies,
  panel: PanelConfig,
  body: CreateSessionRequest,
  booking: Bookable,
  sessionId: string,
) {
  const { found, quota, price, snapshot, requiredGrade, providerPanelistId } = booking
  const { sessions } = deps.config
  // some providers name the price with the entry: the session has none until then (contract §4)
  const priced = deps.findUpstream(found.connection)?.adapter.priceWithEntry !== true
  return {
    sessionId,
    panel: panel.id,
    panelistId: body.panelist_id,
    surveyId: found.surveyId,
    connection: found.connection,
    provider: found.provider,
    providerSurveyId: found.providerSurveyId,
    providerQuotaId: quota?.quotaId ?? null,
    groupId: found.survey.groupId,
    country: found.survey.country,
    requiredGrade,
    price: priced ? price : null,
    reward: priced ? rewardFor(price, panel.reward) : null,
    shareMinor: priced ? sharedAmount(price, panel.reward) : null,
    screenoutReward: panel.reward.screenout,
    loiMinutes: found.survey.loiMinutes,
    device: body.device ?? null,
    customPanelData: body.custom_panel_data ?? null,
    entryToken: randomBytes(24).toString('base64url'),
    providerPanelistId,
    createdAt: deps.clock(),
    entryTtlMs: sessions.entryTtl,
    completionTtlMs: sessions.completionTtl,
    lateGraceMs: sessions.lateOutcomeGrace,
    inputs: {
      panelist: snapshot,
      userIp: body.user_ip ?? null,
      userAgent: body.user_agent ?? null,
      survey: booking.ownSurvey,
    },
  }
}

/** Waits until the provider has given the entry; a slow one leaves the session `opening`, and the panel knows its id. */
async function openOrWait(deps: ApiDependencies, sessionId: string): Promise<SessionRow> {
  const stored = await mustFind(deps, sessionId)
  if (stored.state !== 'opening') return stored
  await deps.sessions.open(stored)
  failpoint('session.after_start')
  const opened = await mustFind(deps, sessionId)
  if (opened.state !== 'opening') return opened
  // the panel learns the id of a session that is still opening: from now on it gets its postbacks
  await announceSession(deps.knex, sessionId)
  return mustFind(deps, sessionId)
}

async function mustFind(deps: ApiDependencies, sessionId: string): Promise<SessionRow> {
  const row = await findSession(deps.knex, sessionId)
  if (row === null) throw new Error(`session ${sessionId} is not there`)
  return row
}

async function sessionExists(
  deps: ApiDependencies,
  panel: PanelConfig,
  panelistId: string,
  booking: Bookable,
): Promise<Problem> {
  const row = await findUnfinishedSession(deps.knex, panel.id, panelistId, booking.found.surveyId)
  const members = row === null ? {} : { session_id: row.session_id, entry_url: entryUrl(deps, row) }
  return new Problem(409, 'session_exists', 'This panelist has an unfinished session of this survey', { members })
}

const entryUrl = (deps: ApiDependencies, row: SessionRow): string => `${deps.publicUrl}/e/${row.entry_token}`

function answer(deps: ApiDependencies, row: SessionRow) {
  const priced = row.cpi_minor !== null
  return {
    session_id: row.session_id,
    entry_url: entryUrl(deps, row),
    expires_at: row.entry_deadline.toISOString(),
    state: row.state,
    price: priced ? { amount_minor: Number(row.cpi_minor), currency: row.currency } : null,
    // what a complete would give; nothing is due yet
    reward: priced
      ? { amount: Number(row.reward_amount), currency: row.reward_currency }
      : rewardNow(row, standingOf(row)),
  }
}
