import { randomBytes } from 'node:crypto'
import type { Clock } from '../clock.js'
import type { Account } from './accounts.js'
import type { Outcome } from './outcome-words.js'
import type { StoredPlan } from './plans.js'
import type { SurveySession } from './validation.js'

/** A respondent's session at the simulated gateway. */
export interface Session {
  /** The last part of its start URL, and the `session_id` in its outcome's token. */
  readonly id: string
  readonly connection: string
  readonly planId: string
  readonly quotaId: string | null
  readonly panelistId: string
  readonly customPanelData: Readonly<Record<string, unknown>> | null
  readonly createdAt: string
  startedAt: string | null
  outcome: Outcome | null
  finishedAt: string | null
  reversedAt: string | null
  /** The outcome whose postback was not delivered yet; it is sent again after a restart. */
  due: Outcome | null
}

/** All sessions, the oldest first. */
export class SessionBook {
  readonly #sessions = new Map<string, Session>()
  readonly #clock: Clock
  readonly #listeners: ((session: Session) => void)[] = []

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get size(): number {
    return this.#sessions.size
  }

  get(id: string): Session | undefined {
    return this.#sessions.get(id)
  }

  all(): Session[] {
    return [...this.#sessions.values()]
  }

  create(account: Account, stored: StoredPlan, quotaId: string | null, request: SurveySession): Session {
    const session: Session = {
      // unguessable, 32 hexadecimal digits as in the Kantar Gateway API's examples; not from the seed, because a
      // restart would repeat them
      id: randomBytes(16).toString('hex'),
      connection: account.connection,
      planId: stored.plan.id,
      quotaId,
      panelistId: request.panelist_id,
      customPanelData: request.custom_panel_data ?? null,
      createdAt: this.#now(),
      startedAt: null,
      outcome: null,
      finishedAt: null,
      reversedAt: null,
      due: null,
    }
    this.#sessions.set(session.id, session)
    this.#tell(session)
    return session
  }

  markStarted(session: Session): void {
    if (session.startedAt) return
    session.startedAt = this.#now()
    this.#tell(session)
  }

  markFinished(session: Session, outcome: Outcome, owesPostback: boolean): void {
    session.outcome = outcome
    session.due = owesPostback ? outcome : null
    session.finishedAt = this.#now()
    this.#tell(session)
  }

  markReversed(session: Session): void {
    session.reversedAt = this.#now()
    session.due = 'REJECTED'
    this.#tell(session)
  }

  markDelivered(session: Session, outcome: Outcome): void {
    if (session.due !== outcome) return
    session.due = null
    this.#tell(session)
  }

  /** Calls the listener for every new session and every step of one. */
  onChange(listener: (session: Session) => void): void {
    this.#listeners.push(listener)
  }

  restore(sessions: Session[]): void {
    for (const session of sessions) this.#sessions.set(session.id, session)
  }

  #tell(session: Session): void {
    for (const listener of this.#listeners) listener(session)
  }

  #now(): string {
    return this.#clock.now().toISOString()
  }
}
