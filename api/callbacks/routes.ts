import { type ErrorRequestHandler, type Request, type Response, Router } from 'express'
import { ArrivalRefused, type Refusal } from '../../commands/sessions/arrival-refused.js'
import { isDatabaseAway, isUnstorableText } from '../../db/connect.js'
import type { ApiDependencies } from '../dependencies.js'
import { Problem } from '../http/problem.js'
import { panelRedirect } from '../panel-redirect.js'
import { sendPage, sendTryAgain } from '../plain-page.js'
import { receiveArrival } from './receive-arrival.js'

/**
 * Receives returns and postbacks (docs/sessions.md, Which session an arrival is about). No route here takes a key or
 * has a limit by key; the proof in each arrival authenticates it.
 */
export function callbackRoutes(deps: ApiDependencies): Router {
  const router = Router({ caseSensitive: true })

  router.get('/returns/:connection', async (request, response) => {
    response.setHeader('Cache-Control', 'no-store')
    response.setHeader('Referrer-Policy', 'no-referrer')
    // a scanner's HEAD is not a return of a respondent
    if (request.method === 'HEAD') return void response.status(200).end()
    const arrived = await receiveArrival(deps, request, 'return', '')
    if (arrived === null) throw new ArrivalRefused('unknown', 'session not found')
    const { session } = arrived
    const panel = deps.panels.get(session.panel)
    if (panel === undefined)
      return sendPage(response, 200, 'Thank you', 'This survey has ended. You may close this page.')
    response.redirect(302, await panelRedirect(deps.signer, panel, session))
  })

  const postback = async (request: Request, response: Response): Promise<void> => {
    if (request.method === 'HEAD') return void response.status(200).end()
    const name = request.params.name === undefined ? '' : String(request.params.name)
    await receiveArrival(deps, request, 'postback', name)
    const answer = deps.findUpstream(String(request.params.connection))?.adapter.arrivals?.postbackAnswer
    if (answer === undefined) return void response.status(200).json({ status: 'stored' })
    response.status(200).type('text/plain').send(answer)
  }
  router.post('/postbacks/:connection', postback)
  router.post('/postbacks/:connection/:name', postback)
  // some providers send postbacks by GET; the adapter declares those routes
  router.get('/postbacks/:connection', postback)
  router.get('/postbacks/:connection/:name', postback)

  router.use(refusals)
  return router
}

const ANSWERS: Readonly<Record<Refusal, { readonly status: number; readonly code: string }>> = {
  refused: { status: 400, code: 'refused' },
  unknown: { status: 404, code: 'not_found' },
  unavailable: { status: 503, code: 'keys_unavailable' },
}

/** A respondent gets a plain page; a server gets problem+json. */
const refusals: ErrorRequestHandler = (thrown: unknown, request, response, next) => {
  // no session has an id with a NUL in it
  const error = isUnstorableText(thrown) ? new ArrivalRefused('unknown', 'session not found') : thrown
  const browser = request.path.startsWith('/returns/')
  if (error instanceof ArrivalRefused) {
    const { status, code } = ANSWERS[error.kind]
    if (status === 503) response.setHeader('Retry-After', '5')
    if (browser) {
      return sendPage(
        response,
        status,
        'This link cannot be used',
        'It may be damaged or out of date. You may close this page.',
      )
    }
    return next(new Problem(status, code, error.message))
  }
  if (browser && isDatabaseAway(error)) return sendTryAgain(response, request.originalUrl)
  next(error)
}
