import express, { type Response, Router } from 'express'
import { z } from 'zod'
import type { Clock } from '../clock.js'
import { failing } from '../fault-middleware.js'
import type { FaultBoard } from '../faults.js'
import type { Journal } from '../journal.js'
import { OUTCOMES, type Outcome } from '../outcome-words.js'
import { sendPage } from '../pages/layout.js'
import { createTributaryClient, type Exchange, Unreachable } from '../tributary.js'
import { OutcomeAnswer, Session } from './answers.js'
import { linkedPage, messagePage, refusedPage, surveyPage } from './pages.js'

export interface SurveyPlatformOptions {
  /** Its key at Tributary [that of DECIPHER in tributary.sandbox.yaml]. */
  apiKey?: string
}

export interface SurveyPlatformSurroundings {
  clock: Clock
  journal: Journal
  faults: FaultBoard
  /** Tributary's address for the platform's own calls. */
  apiUrl: () => string
  /** Tributary's address for browsers. */
  publicUrl: () => string
}

/** The simulated survey platform: serves the surveys of first-party plans. */
export interface SurveyPlatform {
  router: Router
  close(): Promise<void>
}

/** The same values as in tributary.sandbox.yaml; a test holds the two together. */
export const SANDBOX_PLATFORM = { id: 'DECIPHER', apiKey: 'pk_test_decipher' } as const

const Word = z.string().toUpperCase().pipe(z.enum(OUTCOMES))
const Token = z.string().min(1).max(1_000)
/** `?t=…`, and `&auto=COMPLETED` for drivers: the choice of a person. */
const Arrival = z.object({ t: Token, auto: Word.optional() })
const LinkedArrival = z.object({ respondent: Token, panelist: z.string().max(1_000).catch(''), auto: Word.optional() })
const Choice = z.object({ outcome: Word })

const surveyError = (status: number) => ({ message: `the survey platform answers ${status}` })

/**
 * Builds the survey platform on the other side of the Session Router (Kantar Gateway API): `/surveys/{name}` is
 * integrated - it requests the session and posts its outcome -, `/linked/{name}` is not: it only sends the browser on.
 */
export function createSurveyPlatform(
  options: SurveyPlatformOptions,
  { clock, journal, faults, apiUrl, publicUrl }: SurveyPlatformSurroundings,
): SurveyPlatform {
  const tributary = createTributaryClient(apiUrl, options.apiKey ?? SANDBOX_PLATFORM.apiKey)
  const router = Router()

  router.use('/surveys', failing(faults, journal, 'platform.survey', surveyError))
  router.use('/linked', failing(faults, journal, 'platform.linked', surveyError))

  router.get('/surveys/:survey', async (request, response) => {
    const { survey } = request.params
    const arrival = Arrival.safeParse(request.query)
    if (!arrival.success) return sendFaults(response, 't', arrival.error)
    const { t, auto } = arrival.data
    const exchange = await tributary.get(`/sessions/${encodeURIComponent(t)}`)
    const session = Session.safeParse(exchange.body)
    if (exchange.status !== 200 || !session.success) return sendRefused(response, exchange)
    journal.record('platform.entered', { survey, session: session.data.session_id, survey_id: session.data.survey_id })
    if (auto) return report(response, survey, session.data.session_id, auto)
    sendPage(response, 200, surveyPage(survey, session.data, exchange))
  })

  router.post('/surveys/:survey', express.urlencoded({ extended: false }), async (request, response) => {
    const choice = Choice.extend({ session_id: Token }).safeParse(request.body)
    if (!choice.success) return sendFaults(response, 'session_id and outcome', choice.error)
    return report(response, String(request.params.survey), choice.data.session_id, choice.data.outcome)
  })

  router.get('/linked/:survey', (request, response) => {
    const { survey } = request.params
    const arrival = LinkedArrival.safeParse(request.query)
    if (!arrival.success) return sendFaults(response, 'respondent', arrival.error)
    const { respondent, panelist, auto } = arrival.data
    journal.record('platform.linked_entered', { survey, respondent })
    const link = (outcome: Outcome) =>
      `${publicUrl()}/panelist-outcome/${outcome.toLowerCase()}?t=${encodeURIComponent(respondent)}`
    if (!auto) return sendPage(response, 200, linkedPage(survey, { respondent, panelist }, link))
    journal.record('platform.linked_left', { survey, respondent, outcome: auto })
    response.redirect(303, link(auto))
  })

  router.use((_request, response) =>
    sendPage(
      response,
      404,
      messagePage('Survey not found', 'Surveys are at surveys/{name}?t=… and linked/{name}?respondent=…'),
    ),
  )
  router.use(showUnreachable)

  /**
   * Reports a session's end to Tributary and sends the browser where it answers (Kantar Gateway API, Panelist Outcome).
   */
  async function report(response: Response, survey: string, sessionId: string, outcome: Outcome): Promise<void> {
    const metadata = { timestamp: clock.now().toISOString() }
    const exchange = await tributary.post('/panelist-outcome', { session_id: sessionId, outcome, metadata })
    const answer = OutcomeAnswer.safeParse(exchange.body)
    const taken = exchange.status === 200 && answer.success
    journal.record(taken ? 'platform.outcome' : 'platform.outcome_refused', {
      survey,
      session: sessionId,
      outcome,
      status: exchange.status,
    })
    if (!taken) return sendRefused(response, exchange)
    response.redirect(303, answer.data.redirect_url)
  }

  return { router, close: () => tributary.close() }
}

function sendRefused(response: Response, exchange: Exchange): void {
  sendPage(response, exchange.status === 404 ? 404 : 502, refusedPage(exchange))
}

function sendFaults(response: Response, wanted: string, error: z.ZodError): void {
  const faults = error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')
  sendPage(response, 400, messagePage('This link is not complete', `It needs ${wanted} (${faults}).`))
}

const showUnreachable: express.ErrorRequestHandler = (error: unknown, _request, response, next) => {
  if (!(error instanceof Unreachable) || response.headersSent) return next(error)
  sendPage(response, 502, messagePage('Tributary is unreachable', error.message))
}
