import type { Clock } from '../clock.js'
import type { Code } from './codes.js'

/** A respondent in a survey, identified by the supplier's own id of the attempt (ps_supplier_sid). */
export interface Visit {
  readonly supplierSid: string
  readonly surveyId: string
  readonly respondentId: string
  /** Answers the supplier passed on: code -> values. */
  readonly known: Readonly<Record<string, readonly string[]>>
  readonly enteredAt: string
  /** The current status; null = still in the survey. */
  code: number | null
  /** The first status that it ended with. */
  ended: Code | null
}

export class SessionBook {
  readonly #visits = new Map<string, Visit>()
  readonly #completed = new Map<string, { surveyId: string; at: number }[]>()
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get(supplierSid: string): Visit | undefined {
    return this.#visits.get(supplierSid)
  }

  all(): Visit[] {
    return [...this.#visits.values()]
  }

  enter(given: Pick<Visit, 'supplierSid' | 'surveyId' | 'respondentId' | 'known'>): Visit {
    const visit: Visit = { ...given, enteredAt: this.#clock.now().toISOString(), code: null, ended: null }
    this.#visits.set(given.supplierSid, visit)
    return visit
  }

  end(visit: Visit, code: Code): void {
    visit.code = code
    visit.ended = code
    if (code !== 21) return
    const mine = this.#completed.get(visit.respondentId) ?? []
    this.#completed.set(visit.respondentId, [...mine, { surveyId: visit.surveyId, at: this.#clock.now().getTime() }])
  }

  /** Whether a respondent completed one of these surveys within this many days. */
  completedOneOf(respondentId: string, surveyIds: readonly string[], days: number): boolean {
    const since = this.#clock.now().getTime() - days * 86_400_000
    return (this.#completed.get(respondentId) ?? []).some(
      ({ surveyId, at }) => at >= since && surveyIds.includes(surveyId),
    )
  }
}
