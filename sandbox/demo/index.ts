import express, { type Response, Router } from 'express'
import { z } from 'zod'
import { html } from '../../web/kit/html.js'
import type { Buyers } from '../buyer/index.js'
import type { Clock } from '../clock.js'
import type { Fieldwork } from '../fieldwork/index.js'
import type { Journal } from '../journal.js'
import { problemBlock } from '../pages/exchange.js'
import { sendPage } from '../pages/layout.js'
import { createTributaryClient, type Exchange, Unreachable } from '../tributary.js'
import { CreatedSession, Match, Problem, SessionList, SessionView } from './answers.js'
import { createBuyerRoutes } from './buyer/index.js'
import { createHookInbox } from './hooks.js'
import { gonePage, offersPage, startPage } from './offer-pages.js'
import { donePage, sessionBlock, sessionsPage } from './outcome-pages.js'
import { birthOf, DEMO_PANELISTS, type DemoPanelist } from './panelists.js'
import { crumbs } from './parts.js'
import { createTokenChecker } from './token.js'

export interface DemoOptions {
  /** The demo panel at Tributary [lifepoints, with the key and secret of tributary.sandbox.yaml]. */
  panelId?: string
  apiKey?: string
  /** The secret of the panel's postbacks, `whsec_…`. */
  hookSecret?: string
  /** The Temporal UI's address, for links to workflows [no links]. */
  temporalUi?: string
  temporalNamespace?: string
}

export interface DemoSurroundings {
  clock: Clock
  journal: Journal
  apiUrl: () => string
  /** Tributary's address in its links, and the issuer of its tokens. */
  publicUrl: () => string
  /** The sandbox's survey platform. */
  platformUrl: () => string
  buyers: Buyers
  field: Fieldwork
}

/** A small panel app: an example of a client of Tributary, for people who prefer pages to curl. */
export interface Demo {
  router: Router
  close(): Promise<void>
}

/** The same values as in tributary.sandbox.yaml; a test holds the two together. */
export const DEMO_PANEL = {
  panelId: 'lifepoints',
  apiKey: 'tk_test_lifepoints',
  hookSecret: 'whsec_dHJpYnV0YXJ5LXNhbmRib3gtZGVtby1ob29rcy1rZXk=',
} as const

const Take = z.object({ offer_id: z.string().min(1), idempotency_key: z.string().min(1).max(255) })
const Return = z.object({ token: z.string().min(1), n: z.coerce.number().int().min(0).max(100).catch(0) })

export function createDemo(options: DemoOptions, around: DemoSurroundings): Demo {
  const { clock, journal, apiUrl, publicUrl } = around
  const { panelId, apiKey, hookSecret } = { ...DEMO_PANEL, ...options }
  const tributary = createTributaryClient(apiUrl, apiKey)
  const inbox = createHookInbox(panelId, hookSecret, clock, journal)
  const tokens = createTokenChecker(apiUrl, publicUrl, panelId)
  const router = Router()

  router.get('/', (_request, response) => sendPage(response, 200, startPage(panelId, apiUrl())))
  router.use(inbox.router)
  router.use('/buyer', createBuyerRoutes(around))

  router.get('/panelists/:id', async (request, response) => {
    const panelist = findPanelist(request.params.id)
    if (!panelist) return sendUnknown(response, 'panelist')
    const exchange = await tributary.post('/v1/surveys/match', matchRequest(panelist, request))
    const match = Match.safeParse(exchange.body)
    if (exchange.status !== 200 || !match.success) return sendProblem(response, exchange)
    sendPage(response, 200, offersPage(panelist, match.data, exchange))
  })

  router.post('/panelists/:id/sessions', express.urlencoded({ extended: false }), async (request, response) => {
    const panelist = findPanelist(String(request.params.id))
    const take = Take.safeParse(request.body)
    if (!panelist || !take.success) return sendUnknown(response, 'offer')
    const body = {
      offer_id: take.data.offer_id,
      panelist_id: panelist.id,
      profile: panelist.profile,
      custom_panel_data: { app: 'demo' },
    }
    // the form has the key, so that a double click creates one session
    const exchange = await tributary.post('/v1/sessions', body, { 'idempotency-key': take.data.idempotency_key })
    const created = CreatedSession.safeParse(exchange.body)
    if (exchange.status === 201 && created.success) return response.redirect(303, created.data.entry_url)
    const problem = Problem.safeParse(exchange.body)
    if (exchange.status === 409 && problem.success)
      return sendPage(response, 409, gonePage(panelist, problem.data, exchange))
    sendProblem(response, exchange)
  })

  // browsers return here with Tributary's signed token
  router.get('/done', async (request, response) => {
    const query = Return.safeParse(request.query)
    if (!query.success) return sendUnknown(response, 'token')
    const checked = await tokens.check(query.data.token)
    const sessionId = typeof checked.claims.session_id === 'string' ? checked.claims.session_id : ''
    const hooks = inbox.forSession(sessionId)
    const session = checked.problem === undefined ? await readSession(sessionId) : undefined
    // the postback is independent of the browser and may arrive later: reload for a while
    const waiting = checked.problem === undefined && hooks.length === 0 && query.data.n < 20
    const next = new URLSearchParams({ token: query.data.token, n: String(query.data.n + 1) })
    sendPage(response, checked.problem === undefined ? 200 : 400, {
      ...donePage({ checked, tokens, hooks, session, workflowUrl: workflowUrl(session), waiting }),
      refresh: waiting ? { seconds: 2, url: `/demo/done?${next}` } : undefined,
    })
  })

  router.get('/sessions', async (_request, response) => {
    const exchange = await tributary.get('/v1/sessions?limit=50')
    const list = SessionList.safeParse(exchange.body)
    if (exchange.status !== 200 || !list.success) return sendProblem(response, exchange)
    sendPage(response, 200, sessionsPage(list.data.sessions, exchange))
  })

  router.get('/sessions/:id', async (request, response) => {
    const exchange = await tributary.get(`/v1/sessions/${encodeURIComponent(request.params.id)}`)
    const session = SessionView.safeParse(exchange.body)
    if (exchange.status !== 200 || !session.success) return sendProblem(response, exchange)
    const block = sessionBlock(session.data, inbox.forSession(session.data.session_id), workflowUrl(session.data))
    sendPage(response, 200, { title: 'A session', body: html`${crumbs()}<h1>A session</h1>${block}` })
  })

  router.use((_request, response) => sendUnknown(response, 'page'))
  router.use(showUnreachable)

  async function readSession(sessionId: string): Promise<SessionView | undefined> {
    const exchange = await tributary.get(`/v1/sessions/${encodeURIComponent(sessionId)}`)
    return SessionView.safeParse(exchange.body).data
  }

  function workflowUrl(session: SessionView | undefined): string | undefined {
    if (!options.temporalUi || !session?.workflow_id) return undefined
    const namespace = encodeURIComponent(options.temporalNamespace ?? 'default')
    const base = options.temporalUi.replace(/\/+$/, '')
    return `${base}/namespaces/${namespace}/workflows/${encodeURIComponent(session.workflow_id)}`
  }

  return { router, close: () => tributary.close() }
}

function findPanelist(id: string): DemoPanelist | undefined {
  return DEMO_PANELISTS.find((panelist) => panelist.id === id)
}

/** Providers that match on their side require the panelist's own address, browser and date of birth. */
function matchRequest(panelist: DemoPanelist, request: express.Request): Record<string, unknown> {
  const { id, country, locale, profile } = panelist
  return {
    panelist_id: id,
    country,
    locale,
    profile,
    date_of_birth: birthOf(panelist),
    user_ip: (request.ip ?? '127.0.0.1').replace(/^::ffff:/, ''),
    user_agent: (request.get('user-agent') ?? '').slice(0, 1_000),
    limit: 24,
    explain: true,
  }
}

function sendProblem(response: Response, exchange: Exchange): void {
  sendPage(response, 502, {
    title: 'Refused',
    body: html`${crumbs()}<h1>Tributary refused</h1>${problemBlock(exchange)}`,
  })
}

function sendUnknown(response: Response, what: string): void {
  const body = html`${crumbs()}<h1>Unknown ${what}</h1><p>Start again from <a href="/demo">the demo's first page</a>.</p>`
  sendPage(response, 404, { title: `Unknown ${what}`, body })
}

const showUnreachable: express.ErrorRequestHandler = (error: unknown, _request, response, next) => {
  if (!(error instanceof Unreachable) || response.headersSent) return next(error)
  const body = html`${crumbs()}<h1>Tributary is unreachable</h1><p>${error.message}</p>
<p>Start it with <code>npm start</code>, or set <code>TRIBUTARY_API_URL</code> for the sandbox.</p>`
  sendPage(response, 502, { title: 'Tributary is unreachable', body })
}
