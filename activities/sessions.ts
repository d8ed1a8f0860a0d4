import { abandonOpening } from '../commands/sessions/abandon-opening.js'
import { applyClaims } from '../commands/sessions/apply-claims.js'
import { expireSession } from '../commands/sessions/expire-session.js'
import { completionDeadline, type SessionRow } from '../db/rows/session-row.js'
import type { Grade, Outcome } from '../domain/outcome.js'
import type { SessionState } from '../domain/session.js'
import { failpoint } from '../platform/failpoints.js'
import { confirmQuota, type QuotaInput } from './confirm-quota.js'
import { openSessionEntry } from './open-entry.js'
import type { SessionDependencies } from './session-dependencies.js'

/** A session's standing for its workflow. Counts, states and ids: nothing personal enters Temporal. */
export interface SessionStatus {
  readonly state: SessionState
  readonly outcome: Outcome | null
  readonly grade: Grade | null
  readonly provisional: boolean
  readonly payable: boolean
  readonly needsReview: boolean
  readonly reviewReason: string | null
  readonly connection: string
  readonly panel: string
  readonly surveyId: string
  /** When it times out, in epoch milliseconds. */
  readonly deadline: number | null
  readonly remainingMs: number
}

export interface RecordedOutcome extends SessionStatus {
  readonly postbackIds: readonly string[]
  /** How long a provisional complete waits for better evidence, as an instant in epoch milliseconds. */
  readonly evidenceDeadline: number | null
}

export type SessionActivities = ReturnType<typeof createSessionActivities>

/** After this long without an end, the janitor treats a delivery as lost. */
const DELIVERY_LEASE_MS = 15 * 60_000

/** The activities of a respondent session. Each is one effect and idempotent. */
export function createSessionActivities(deps: SessionDependencies) {
  return {
    /** Requests the entry from the provider and stores it once. A refusal ends the session. */
    async openEntry(sessionId: string): Promise<SessionStatus> {
      const row = await openSessionEntry(deps, sessionId)
      failpoint('session.after_url_issue')
      return statusOf(row, deps.clock())
    },

    /** Calls the provider to confirm a notification about a quota. */
    confirmQuota: (input: QuotaInput): Promise<number | null> => confirmQuota(deps, input),

    /** Ends a session whose provider was unreachable for the lifetime of the entry link. */
    async abandonOpening(sessionId: string): Promise<SessionStatus> {
      const claim = await abandonOpening(deps.knex, sessionId, deps.clock())
      if (claim === null) throw new Error(`session ${sessionId} not found`)
      return statusOf(claim.session, deps.clock())
    },

    /** Checks after a timer fired whether time really ran out; returns the session's standing from PostgreSQL. */
    async expireSession(sessionId: string): Promise<SessionStatus> {
      failpoint('outcome.timer_race')
      const expiry = await expireSession(deps.knex, sessionId, deps.clock())
      if (expiry === null) throw new Error(`session ${sessionId} not found`)
      return { ...statusOf(expiry.session, deps.clock()), remainingMs: expiry.remainingMs }
    },

    /** Posts outcome, adjustments, ledger and outbox for every claim that is not applied yet, in one transaction. */
    async recordOutcome(sessionId: string): Promise<RecordedOutcome> {
      const now = deps.clock()
      const applied = await applyClaims(
        deps.knex,
        sessionId,
        (panel) => deps.takesPostbacks(panel),
        now,
        new Date(now.getTime() + DELIVERY_LEASE_MS),
      )
      if (applied === null) throw new Error(`session ${sessionId} not found`)
      return {
        ...statusOf(applied.session, now),
        postbackIds: applied.postbackIds,
        evidenceDeadline: applied.evidenceDeadline?.getTime() ?? null,
      }
    },
  }
}

function statusOf(row: SessionRow, now: Date): SessionStatus {
  const deadline = row.state === 'finished' ? null : (completionDeadline(row) ?? row.entry_deadline)
  return {
    state: row.state,
    outcome: row.outcome,
    grade: row.grade,
    provisional: row.provisional,
    payable: row.payable,
    needsReview: row.needs_review,
    reviewReason: row.review_reason,
    connection: row.connection,
    panel: row.panel,
    surveyId: row.survey_id,
    deadline: deadline?.getTime() ?? null,
    remainingMs: deadline === null ? 0 : Math.max(0, deadline.getTime() - now.getTime()),
  }
}
