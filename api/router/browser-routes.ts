import type { Request, RequestHandler, Response } from 'express'
import { isDatabaseAway } from '../../db/connect.js'
import { findByToken } from '../../db/read-models/platform-session.js'
import { readSessionByFinishToken } from '../../db/read-models/session-by-finish-token.js'
import type { SessionRow } from '../../db/rows/session-row.js'
import { isOutcome, type Outcome } from '../../domain/outcome.js'
import { isNonIntegrated } from '../../domain/plan/survey-plan.js'
import type { ApiDependencies } from '../dependencies.js'
import { panelRedirect } from '../panel-redirect.js'
import { sendPage, sendTryAgain } from '../plain-page.js'
import { tellOutcome } from './tell-outcome.js'

const FINISH_TOKEN = /^[\w-]{1,200}$/
const BACK = 'Please go back to the app or the mail where you found it.'

/**
 * `GET /panelist-outcome/{outcome}?t=` (Kantar Gateway API, Knowledge Base): the browser itself says how the
 * survey ended. Nothing proves it: grade E0, and only where the survey has no platform that could say it better.
 */
export function browserOutcome(deps: ApiDependencies): RequestHandler {
  return forBrowsers(async (request, response) => {
    const outcome = String(request.params.outcome).toUpperCase()
    const token = onlyOne(request.query.t)
    if (!isOutcome(outcome) || token === null) {
      return sendPage(response, 400, 'This link cannot be used', 'It names no outcome or no session.')
    }
    const session = await findByToken(deps.knex, token)
    if (session === null) return sendPage(response, 404, 'This link is not known', BACK)
    if (!isNonIntegrated(session)) {
      return sendPage(response, 400, 'This link cannot be used', 'The survey tells us itself how it ended.')
    }
    const row = await told(deps, session.sessionId, outcome)
    if (row === null) return sendPage(response, 404, 'This link is not known', BACK)
    await sendHome(deps, response, row)
  })
}

/** A parameter that is there with one value, however often it is repeated; null for none, or for two that differ. */
function onlyOne(given: unknown): string | null {
  const [first, ...others] = Array.isArray(given) ? given : [given]
  return typeof first === 'string' && first !== '' && others.every((other) => other === first) ? first : null
}

async function told(deps: ApiDependencies, sessionId: string, outcome: Outcome): Promise<SessionRow | null> {
  const claim = await tellOutcome(deps, sessionId, { source: 'return', outcome, grade: 'E0' })
  return claim?.session ?? null
}

/** `GET /sessions/finish/{token}` (Kantar Gateway API): home to the panel, with our word for how the session ended. */
export function finish(deps: ApiDependencies): RequestHandler {
  return forBrowsers(async (request, response) => {
    const token = String(request.params.token)
    const row = FINISH_TOKEN.test(token) ? await readSessionByFinishToken(deps.knex, token) : null
    if (row === null) return sendPage(response, 404, 'This link is not known', BACK)
    if (row.state !== 'finished') {
      return sendPage(response, 409, 'Not finished yet', 'The survey has not told us yet how it ended.')
    }
    await sendHome(deps, response, row)
  })
}

async function sendHome(deps: ApiDependencies, response: Response, row: SessionRow): Promise<void> {
  const panel = deps.panels.get(row.panel)
  if (panel === undefined) {
    return sendPage(response, 200, 'Thank you', 'This survey has ended. You may close this page.')
  }
  response.redirect(302, await panelRedirect(deps.signer, panel, row))
}

/**
 * What every page for respondents has in common: a scanner's HEAD changes nothing. (A prefetch does not come so far.)
 */
function forBrowsers(work: (request: Request, response: Response) => Promise<void>): RequestHandler {
  return async (request, response) => {
    if (request.method === 'HEAD') return void response.status(200).end()
    try {
      await work(request, response)
    } catch (error) {
      if (!isDatabaseAway(error)) throw error
      sendTryAgain(response, request.originalUrl)
    }
  }
}
