import { ApplicationFailure } from '@temporalio/common'
import type { LeftBehind } from '../../activities/janitor.js'
import type { PostbackActivities } from '../../activities/postbacks.js'
import type { RecordedOutcome, SessionActivities, SessionStatus } from '../../activities/sessions.js'
import type { Outcome } from '../../domain/outcome.js'

/** The state of one session, which PostgreSQL would hold. */
interface Truth {
  state: SessionStatus['state']
  outcome: Outcome | null
  provisional: boolean
  payable: boolean
  needsReview: boolean
  entryDeadline: number
  completionTtlMs: number
  enteredAt: number | null
  /** Written by the terminal transaction, once. */
  outcomes: Outcome[]
  /** Messages to the panel, sent or not, in order. */
  postbacks: string[]
  delivered: Set<string>
  applied: number
  claims: Outcome[]
  calls: string[]
}

export const ENTRY_TTL = 30 * 60_000
export const COMPLETION_TTL = 24 * 3_600_000

/** Sessions without a database: decides as PostgreSQL does, and records every call. */
export class FakeSessions {
  private readonly truths = new Map<string, Truth>()
  /** Opens, or throws; the attempt counts from 1. */
  opening: (attempt: number, sessionId: string) => void | Promise<void> = () => {}
  /** Delivers, or throws; the attempt counts from 1 for each message. */
  delivering: (attempt: number, postbackId: string) => void | Promise<void> = () => {}
  /** Called during `expireSession`: before PostgreSQL decides, or after. */
  expiring: (when: 'before' | 'after', sessionId: string) => void | Promise<void> = () => {}
  private readonly attempts = new Map<string, number>()

  /** @param now the time of the server that runs the workflows, in epoch milliseconds */
  constructor(
    private readonly now: () => Promise<number>,
    private readonly ttl = { entryTtlMs: ENTRY_TTL, completionTtlMs: COMPLETION_TTL },
  ) {}

  async create(sessionId: string): Promise<void> {
    this.truths.set(sessionId, {
      state: 'opening',
      outcome: null,
      provisional: false,
      payable: false,
      needsReview: false,
      entryDeadline: (await this.now()) + this.ttl.entryTtlMs,
      completionTtlMs: this.ttl.completionTtlMs,
      enteredAt: null,
      outcomes: [],
      postbacks: [],
      delivered: new Set(),
      applied: 0,
      claims: [],
      calls: [],
    })
  }

  of(sessionId: string): Truth {
    const truth = this.truths.get(sessionId)
    if (truth === undefined) throw ApplicationFailure.nonRetryable(`session ${sessionId} is not there`, 'SessionGone')
    return truth
  }

  /** The respondent clicks; the test signals the workflow. */
  async click(sessionId: string): Promise<void> {
    const truth = this.of(sessionId)
    if (truth.state !== 'created') throw new Error(`the link cannot be clicked: ${truth.state}`)
    truth.state = 'entered'
    truth.enteredAt = await this.now()
  }

  /** A claim is committed; the test signals the workflow. The first one ends the session. */
  claim(sessionId: string, outcome: Outcome, given: { provisional?: boolean } = {}): void {
    const truth = this.of(sessionId)
    const first = truth.state !== 'finished'
    const confirms = truth.provisional && given.provisional !== true
    truth.claims.push(outcome)
    if (!first && !confirms) {
      truth.needsReview ||= outcome !== truth.outcome
      return
    }
    truth.state = 'finished'
    truth.outcome = outcome
    truth.provisional = given.provisional === true
    truth.payable = outcome === 'COMPLETED' && !truth.provisional
    if (first) truth.outcomes.push(outcome)
    truth.postbacks.push(`${sessionId}#${truth.postbacks.length + 1}`)
  }

  readonly activities: SessionActivities & PostbackActivities = {
    openEntry: async (sessionId) => {
      const truth = this.of(sessionId)
      truth.calls.push('openEntry')
      await this.opening(this.next(`open ${sessionId}`), sessionId)
      if (truth.state === 'opening') truth.state = 'created'
      return this.status(sessionId)
    },
    abandonOpening: async (sessionId) => {
      const truth = this.of(sessionId)
      truth.calls.push('abandonOpening')
      if (truth.state === 'opening') this.claim(sessionId, 'ERROR')
      return this.status(sessionId)
    },
    expireSession: async (sessionId) => {
      const truth = this.of(sessionId)
      truth.calls.push('expireSession')
      await this.expiring('before', sessionId)
      const now = await this.now()
      const deadline = this.deadline(truth)
      if (deadline !== null && deadline <= now) this.claim(sessionId, 'TIMEOUT')
      const answer = await this.status(sessionId)
      await this.expiring('after', sessionId)
      return answer
    },
    recordOutcome: async (sessionId): Promise<RecordedOutcome> => {
      const truth = this.of(sessionId)
      truth.calls.push('recordOutcome')
      truth.applied = truth.claims.length
      return {
        ...(await this.status(sessionId)),
        postbackIds: truth.postbacks.filter((id) => !truth.delivered.has(id)),
        evidenceDeadline:
          truth.provisional && truth.enteredAt !== null ? truth.enteredAt + truth.completionTtlMs : null,
      }
    },
    // not a part of a session's life
    confirmQuota: async () => null,
    deliverPostback: async (postbackId) => {
      const truth = this.of(postbackId.slice(0, postbackId.indexOf('#')))
      truth.calls.push(`deliver ${postbackId.slice(postbackId.indexOf('#'))}`)
      await this.delivering(this.next(postbackId), postbackId)
      truth.delivered.add(postbackId)
    },
  }

  private next(what: string): number {
    const attempt = (this.attempts.get(what) ?? 0) + 1
    this.attempts.set(what, attempt)
    return attempt
  }

  private deadline(truth: Truth): number | null {
    if (truth.state === 'finished') return null
    return truth.enteredAt === null ? truth.entryDeadline : truth.enteredAt + truth.completionTtlMs
  }

  private async status(sessionId: string): Promise<SessionStatus> {
    const truth = this.of(sessionId)
    const deadline = this.deadline(truth)
    const { state, outcome, provisional, payable, needsReview } = truth
    return {
      state,
      outcome,
      provisional,
      payable,
      needsReview,
      grade: outcome === null ? null : 'E2',
      reviewReason: needsReview ? 'they contradict each other' : null,
      connection: 'kantar-us',
      panel: 'lifepoints',
      surveyId: 'sv_1',
      deadline,
      remainingMs: deadline === null ? 0 : Math.max(0, deadline - (await this.now())),
    }
  }
}

export const nothingLeft: LeftBehind = { sessions: [], claims: [], postbacks: [] }
