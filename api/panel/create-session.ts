import type { RequestHandler } from 'express'
import { bookSession } from '../../commands/sessions/book.js'
import { rewardNow, type SessionRow, standingOf } from '../../db/rows/session-row.js'

import type { PanelConfig } from '../../platform/config/panel-schema.js'
import type { ApiDependencies } from '../dependencies.js'
import { panelOf } from '../http/auth.js'
import { parseBody } from '../http/validate.js'
import { openOrWait } from '../open-session.js'
import { bookOffer, offerGone } from './book-offer.js'
import { withIdempotencyKey } from './idempotent.js'
import { warningsOf } from './profile-warnings.js'
import { CreateSessionRequest } from './schemas.js'
import { entryUrl, sessionExists } from './session-exists.js'

/** `POST /v1/sessions`: creates a session from an offer, locks its price and opens its entry at the provider. */
export function createSession(deps: ApiDependencies): RequestHandler {
  return async (request, response) => {
    const panel = panelOf(response)
    const body = parseBody(CreateSessionRequest, request)
    await withIdempotencyKey(deps, panel.id, request, response, body, async (key, resumed) => {
      const sessionId = resumed ?? (await storeSession(deps, panel, body, key))
      const row = await openOrWait(deps, sessionId)
      if (row.state === 'finished') throw await offerGone(deps, panel, body, row.survey_id, row.country)
      return { status: 201, body: { ...answer(deps, row), ...warningsOf(deps, body.profile ?? {}, row.country) } }
    })
  }
}

/** Stores the session and, in the same transaction, the Idempotency-Key of its request. */
async function storeSession(
  deps: ApiDependencies,
  panel: PanelConfig,
  body: CreateSessionRequest,
  key: string | null,
): Promise<string> {
  const booking = await bookOffer(deps, panel, body)
  const respondent = {
    panelistId: body.panelist_id,
    device: body.device ?? null,
    userIp: body.user_ip ?? null,
    userAgent: body.user_agent ?? null,
    customPanelData: body.custom_panel_data ?? null,
  }
  const sessionId = await bookSession(deps, panel, respondent, booking, key)
  if (sessionId === null) throw await sessionExists(deps, panel, body.panelist_id, booking.found.surveyId)
  return sessionId
}

function answer(deps: ApiDependencies, row: SessionRow) {
  const priced = row.cpi_minor !== null
  return {
    session_id: row.session_id,
    entry_url: entryUrl(deps, row),
    expires_at: row.entry_deadline.toISOString(),
    state: row.state,
    price: priced ? { amount_minor: Number(row.cpi_minor), currency: row.currency } : null,
    // the reward of a complete; it is not payable yet
    reward: priced
      ? { amount: Number(row.reward_amount), currency: row.reward_currency }
      : rewardNow(row, standingOf(row)),
  }
}
