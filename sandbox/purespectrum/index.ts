import type { ErrorRequestHandler } from 'express'
import { Router } from 'express'
import type { Clock } from '../clock.js'
import type { FaultBoard } from '../faults.js'
import type { Journal } from '../journal.js'
import { createPureSpectrumAdmin } from './admin.js'
import { type Callbacks, createCallbacks } from './callbacks.js'
import { createEntryPage } from './entry-page.js'
import { createOutcomes, type Outcomes } from './outcomes.js'
import { SessionBook } from './session-book.js'
import { createSupply } from './supply.js'
import { SurveyBook } from './survey-book.js'
import { createTicker } from './ticker.js'
import { failure } from './wire.js'

export interface PureSpectrumOptions {
  /** How many surveys there are at first [120]. */
  surveys?: number
  accessToken?: string
  supplierId?: number
  /** The supplier's own name for this connection: the last part of its arrival routes. */
  connection?: string
  /** The secret of the hashes of redirects and callbacks. */
  secret?: string
  /** The delay of the reversal after a complete with `reversed_later`, in simulated milliseconds [15,000]. */
  reversalDelayMs?: number
  callbackRetryDelays?: readonly number[]
}

export interface PureSpectrumSurroundings {
  seed: string
  clock: Clock
  journal: Journal
  faults: FaultBoard
  /** This provider's address for other processes, e.g. `http://127.0.0.1:8090/purespectrum`. */
  url: () => string
  /** Tributary's address. */
  apiUrl: () => string
}

/** The simulated supplier API of PureSpectrum, with handles for programs that run it in their own process. */
export interface PureSpectrum {
  router: Router
  admin: Router
  surveys: SurveyBook
  sessions: SessionBook
  outcomes: Outcomes
  callbacks: Callbacks
  ticker: ReturnType<typeof createTicker>
  close(): Promise<void>
}

/** The same values as in tributary.sandbox.yaml. */
const ACCOUNT = {
  accessToken: 'purespectrum-sandbox-token',
  supplierId: 49,
  connection: 'purespectrum-sandbox',
  secret: 'purespectrum-sandbox-secret',
} as const

/**
 * Builds the simulated supplier side of the PureSpectrum Supply API: list, survey, registration, entry page, redirects
 * and callbacks.
 */
export function createPureSpectrum(options: PureSpectrumOptions, around: PureSpectrumSurroundings): PureSpectrum {
  const { seed, clock, journal, faults, url, apiUrl } = around
  const { accessToken, supplierId, connection, secret } = { ...ACCOUNT, ...options }
  const surveys = new SurveyBook({ seed, surveys: options.surveys ?? 120, clock })
  const sessions = new SessionBook(clock)
  const callbacks = createCallbacks({
    clock,
    faults,
    journal,
    secret,
    ...(options.callbackRetryDelays ? { retryDelays: options.callbackRetryDelays } : {}),
  })
  const { reversalDelayMs = 15_000 } = options
  const outcomes = createOutcomes({ clock, journal, surveys, sessions, callbacks, connection, apiUrl, reversalDelayMs })
  const ticker = createTicker(seed, surveys, journal)

  const router = Router()
  router.use('/suppliers/v2', createSupply({ surveys, faults, journal, accessToken, supplierId, url }))
  router.use(createEntryPage({ surveys, sessions, outcomes, faults, journal, supplierId }))
  router.use((_request, response) => void response.status(404).json(failure(404, 'Resource not found')))
  router.use(answerInTheirWords)

  return {
    router,
    admin: createPureSpectrumAdmin({ surveys, sessions, outcomes, tick: () => ticker.tick() }),
    surveys,
    sessions,
    outcomes,
    callbacks,
    ticker,
    close: () => callbacks.close(),
  }
}

const answerInTheirWords: ErrorRequestHandler = (_error: unknown, _request, response, next) => {
  if (response.headersSent) return next(_error)
  response.status(500).json(failure(500))
}
