import { setTimeout as wait } from 'node:timers/promises'
import type { Clock } from '../clock.js'
import type { Journal } from '../journal.js'
import type { Callbacks } from './callbacks.js'
import type { Code, Delivery } from './codes.js'
import type { SessionBook, Visit } from './session-book.js'
import type { SurveyBook } from './survey-book.js'

export interface OutcomeParts {
  readonly clock: Clock
  readonly journal: Journal
  readonly surveys: SurveyBook
  readonly sessions: SessionBook
  readonly callbacks: Callbacks
  readonly connection: string
  readonly apiUrl: () => string
  /** The delay of the reversal after a complete with `reversed_later`, in simulated milliseconds. */
  readonly reversalDelayMs: number
}

/** Ends visits and notifies the supplier: a signed redirect, a POST for a complete, a GET for a reversal. */
export interface Outcomes {
  /** @returns where the browser goes now; null = it stays. A visit that has ended keeps its end. */
  finish(visit: Visit, code: Code, delivery?: Delivery): Promise<string | null>
  /** Sets another status on an ended visit, as a reconciliation does. Resolves when the supplier accepted it. */
  reverse(visit: Visit, code: number): Promise<boolean>
  redirectFor(visit: Visit, code: number): string
  /** Calls with a complete, regardless of how the visit ended. */
  postComplete(visit: Visit): Promise<boolean>
}

export function createOutcomes(parts: OutcomeParts): Outcomes {
  const { clock, journal, surveys, sessions, callbacks, connection, apiUrl, reversalDelayMs } = parts

  function redirectFor(visit: Visit, code: number): string {
    const address = `${apiUrl()}/returns/${connection}`
    journal.record('purespectrum.redirected', { session: visit.supplierSid, code })
    return callbacks.signed(address, {
      ps_rstatus: String(code),
      ps_supplier_sid: visit.supplierSid,
      ps_supplier_respondent_id: visit.respondentId,
      survey_id: visit.surveyId,
    })
  }

  function postComplete(visit: Visit): Promise<boolean> {
    const survey = surveys.get(visit.surveyId)
    const address = callbacks.signed(`${apiUrl()}/postbacks/${connection}/complete`, {
      transactionId: visit.supplierSid,
      memberId: visit.respondentId,
      cpi: (survey?.cpi ?? 0).toFixed(2),
      survey_LOI: String(survey?.survey_performance.overall.loi ?? 0),
      surveyID: visit.surveyId,
    })
    return callbacks.call('POST', address, visit.supplierSid)
  }

  function reverse(visit: Visit, code: number): Promise<boolean> {
    const before = visit.code ?? 0
    const survey = surveys.get(visit.surveyId)
    const address = callbacks.signed(`${apiUrl()}/postbacks/${connection}/reversal`, {
      ps_rstatus: String(code),
      oldStatus: String(before),
      supSid: visit.supplierSid,
      supCpi: (survey?.cpi ?? 0).toFixed(2),
    })
    if (before === 21) surveys.countComplete(visit.surveyId, -1)
    visit.code = code
    journal.record('purespectrum.reversed', { session: visit.supplierSid, from: before, to: code })
    return callbacks.call('GET', address, visit.supplierSid)
  }

  const later = (milliseconds: number, work: () => Promise<unknown>) =>
    void wait(clock.realMilliseconds(milliseconds), undefined, { ref: false })
      .then(work)
      .catch((error: unknown) => journal.record('purespectrum.delivery_failed', { error: String(error) }))

  /** Only completes are called back; the browser waits for the first attempt, up to a limit. */
  async function tell(visit: Visit, code: Code): Promise<void> {
    if (code !== 21) return
    const delivery = postComplete(visit)
    delivery.catch(() => {})
    await Promise.race([delivery, wait(2_000, undefined, { ref: false })])
  }

  return {
    redirectFor,
    reverse,
    postComplete,
    async finish(visit, code, delivery = 'callback_first') {
      if (visit.ended !== null) return redirectFor(visit, visit.code ?? visit.ended)
      sessions.end(visit, code)
      if (code === 21) surveys.countComplete(visit.surveyId, 1)
      const { supplierSid, surveyId, respondentId } = visit
      journal.record('purespectrum.outcome', {
        session: supplierSid,
        code,
        delivery,
        survey: surveyId,
        respondent: respondentId,
      })
      if (delivery === 'redirect_first') later(1_500, () => tell(visit, code))
      else if (delivery !== 'redirect_only') await tell(visit, code)
      if (delivery === 'both_twice') later(1_500, () => tell(visit, code))
      if (delivery === 'reversed_later' && code === 21) later(reversalDelayMs, () => reverse(visit, 13))
      return delivery === 'callback_only' ? null : redirectFor(visit, code)
    },
  }
}
