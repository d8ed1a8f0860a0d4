import express, { Router } from 'express'
import type { JWK } from 'jose'
import type { Clock } from '../clock.js'
import type { FaultBoard } from '../faults.js'
import type { Journal } from '../journal.js'
import { type Account, type AccountOptions, authenticate } from './accounts.js'
import { createKantarAdmin } from './admin.js'
import { createEntryPage } from './entry-page.js'
import { gatewayError } from './errors.js'
import { createFeed } from './feed.js'
import type { Range } from './generate.js'
import { createOutcomes, type Outcomes } from './outcomes.js'
import { PlanBook, type PlanBookState } from './plans.js'
import { createPostbackSender, type PostbackSender } from './postbacks.js'
import { createSessionRouter } from './session-router.js'
import { type Session, SessionBook } from './sessions.js'
import { createSigner, type Signer } from './signing.js'
import { createTicker, type Ticker } from './ticker.js'

export interface KantarOptions {
  /** How many plans there are at first [400]. */
  plans?: number
  /** The target completes of a plan [5 to 400]. */
  completes?: Range
  /** The suppliers [one: key `kantar-sandbox-key`, panel `lifepoints`, connection `kantar-sandbox`]. */
  accounts?: readonly AccountOptions[]
  /** The outcome tokens' audience [tributary]. */
  audience?: string
  /** Private RSA keys (JWK) to sign with, the newest last [one is generated]. */
  keys?: readonly JWK[]
  /** The delay of the reversal after a COMPLETED with `reversed_later`, in simulated milliseconds [15,000]. */
  reversalDelayMs?: number
  /** Waits between the attempts of a postback, in simulated milliseconds. */
  postbackRetryDelays?: readonly number[]
}

/** What the simulated gateway needs from the sandbox around it. */
export interface KantarSurroundings {
  seed: string
  clock: Clock
  journal: Journal
  faults: FaultBoard
  /** This provider's address for other processes, e.g. `http://127.0.0.1:8090/kantar`. */
  url: () => string
  /** Tributary's address. */
  apiUrl: () => string
}

/** The state to continue with after a restart. */
export interface KantarState {
  plans: PlanBookState
  sessions: Session[]
  cursors: Record<string, number>
  keys: JWK[]
}

/** The simulated Profiles Partner Gateway, with handles for programs that run it in their own process. */
export interface Kantar {
  router: Router
  admin: Router
  accounts: readonly Account[]
  plans: PlanBook
  sessions: SessionBook
  outcomes: Outcomes
  signer: Signer
  ticker: Ticker
  postbacks: PostbackSender
  state(): Promise<KantarState>
  restore(state: Omit<KantarState, 'keys'>): void
  close(): Promise<void>
}

const DEFAULT_ACCOUNT: AccountOptions = {
  apiKey: 'kantar-sandbox-key',
  panelId: 'lifepoints',
  connection: 'kantar-sandbox',
}

/** Builds the simulated gateway of the Kantar Gateway API: Supply API, session creation, survey page, outcomes. */
export function createKantar(options: KantarOptions, around: KantarSurroundings): Kantar {
  const { seed, clock, journal, faults, url, apiUrl } = around
  const accounts: Account[] = (options.accounts ?? [DEFAULT_ACCOUNT]).map((account) => ({ ...account, cursor: 0 }))
  const plans = new PlanBook({
    seed,
    plans: options.plans ?? 400,
    completes: options.completes ?? { min: 5, max: 400 },
    clock,
    panels: [...new Set(accounts.map(({ panelId }) => panelId))],
  })
  const sessions = new SessionBook(clock)
  const signer = createSigner({
    clock,
    issuer: url,
    audience: options.audience ?? 'tributary',
    ...(options.keys ? { keys: options.keys } : {}),
  })
  const postbacks = createPostbackSender({
    clock,
    faults,
    journal,
    ...(options.postbackRetryDelays ? { retryDelays: options.postbackRetryDelays } : {}),
  })
  const { reversalDelayMs = 15_000 } = options
  const outcomes = createOutcomes({
    clock,
    plans,
    sessions,
    signer,
    sender: postbacks,
    journal,
    accounts,
    apiUrl,
    reversalDelayMs,
  })
  const acknowledged = () => Math.min(...accounts.map(({ cursor }) => cursor))
  const ticker = createTicker({ seed, plans, clock, journal, acknowledged })
  const routerUrl = () => `${url()}/router`

  const router = Router()
  const readJson = express.json({ limit: '100kb' })
  router.get('/.well-known/jwks.json', async (_request, response) => void response.json(await signer.publicKeys()))
  router.use('/supply', authenticate(accounts), readJson, createFeed({ plans, faults, journal, routerUrl }))
  router.use('/router', createEntryPage({ plans, sessions, outcomes, faults, journal }))
  router.use(
    '/router/panels',
    authenticate(accounts),
    readJson,
    createSessionRouter({ plans, sessions, faults, journal, routerUrl }),
  )
  router.use((_request, response) => void response.status(404).json(gatewayError(404)))
  router.use(answerInSeedWords)

  return {
    router,
    admin: createKantarAdmin({ plans, sessions, outcomes, signer, ticker }),
    accounts,
    plans,
    sessions,
    outcomes,
    signer,
    ticker,
    postbacks,
    state: async () => ({
      plans: plans.state(),
      sessions: sessions.all(),
      cursors: Object.fromEntries(accounts.map(({ connection, cursor }) => [connection, cursor])),
      keys: await signer.exportKeys(),
    }),
    restore(state) {
      plans.restore(state.plans)
      sessions.restore(state.sessions)
      for (const account of accounts) account.cursor = state.cursors[account.connection] ?? 0
    },
    close: () => postbacks.close(),
  }
}

/** Unreadable bodies (not JSON, too big) are a 400, all other errors a 500, both in the document's Error. */
const answerInSeedWords: express.ErrorRequestHandler = (error: unknown, _request, response, next) => {
  if (response.headersSent) return next(error)
  const given = typeof error === 'object' && error !== null && 'status' in error ? Number(error.status) : 500
  response.status(given < 500 ? 400 : 500).json(gatewayError(given < 500 ? 400 : 500))
}
