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
const BACK = 'Please go back to the app or the email where you found it.'

/**
 * `GET /panelist-outcome/{outcome}?t=` (Kantar Gateway API, Knowledge Base): the browser itself reports how the
 * survey ended. It has no proof: grade E0, accepted only if the survey has no platform that reports outcomes.
 */
export function browserOutcome(deps: ApiDependencies): RequestHandler {
  return forBrowsers(async (request, response) => {
    const outcome = String(request.params.outcome).toUpperCase()
    const token = onlyOne(request.query.t)
    if (!isOutcome(outcome) || token === null) {
      return sendPage(response, 400, 'This link cannot be used', 'It names no outcome or no session.')
    }
    const session = await findByToken(deps.knex, token)
    if (session === null) return sendPage(response, 404, 'Link not found', BACK)
    if (!isNonIntegrated(session)) {
      return sendPage(response, 400, 'This link cannot be used', 'The survey platform reports the outcome itself.')
    }
    const row = await told(deps, session.sessionId, outcome)
    if (row === null) return sendPage(response, 404, 'Link not found', BACK)
    await sendHome(deps, response, row)
  })
}

/** The value of a parameter, which may be repeated; null if the parameter is absent or its values differ. */
function onlyOne(given: unknown): string | null {
  const [first, ...others] = Array.isArray(given) ? given : [given]
  return typeof first === 'string' && first !== '' && others.every((other) => other === first) ? first : null
}

async function told(deps: ApiDependencies, sessionId: string, outcome: Outcome): Promise<SessionRow | null> {
  const claim = await tellOutcome(deps, sessionId, { source: 'return', outcome, grade: 'E0' })
  return claim?.session ?? null
}

/** `GET /sessions/finish/{token}` (Kantar Gateway API): redirects to the panel with the outcome of the session. */
export function finish(deps: ApiDependencies): RequestHandler {
  return forBrowsers(async (request, response) => {
    const token = String(request.params.token)
    const row = FINISH_TOKEN.test(token) ? await readSessionByFinishToken(deps.knex, token) : null
    if (row === null) return sendPage(response, 404, 'Link not found', BACK)
    if (row.state !== 'finished') {
      return sendPage(response, 409, 'Not finished yet', 'The survey has not reported its outcome yet.')
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
 * Wraps every page for respondents: a scanner's HEAD changes nothing. (`refusePrefetch` has refused a prefetch.)
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
