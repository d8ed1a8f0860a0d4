import { GRADES, type Grade, type Outcome, reaches } from '../../domain/outcome.js'
import {
  type ClaimSource,
  decide,
  type Effect,
  endedUnproven,
  type Standing,
  type Verdict,
} from '../../domain/session.js'
import type { Knex } from '../connect.js'
import { keepOtherSurvey } from './member-session-store.js'
import { settleSlot } from './plan-slot-store.js'
import { type ArrivalProofs, ownProofs } from './proof-store.js'
import { completionDeadline, factsOf, type SessionRow, standingOf } from './session-row.js'
import { lockSession } from './session-store.js'
import { stampSoon } from './stamp-soon.js'
import { countUnknownWord } from './unknown-word-store.js'

export interface NewClaim {
  readonly source: ClaimSource
  readonly kind: 'outcome' | 'reversal'
  /** Null = a word we do not know. */
  readonly outcome: Outcome | null
  /** The provider's own word. */
  readonly word: string
  readonly grade: Grade
  /** The same arrival twice has the same fingerprint (jti, or a hash of what arrived). */
  readonly fingerprint: string
  /** What stands out about it, beside what is decided. */
  readonly flags?: readonly string[]
  /** Kept only where a human will have to read it. */
  readonly raw: string | null
  /** The word that a reversal takes back: it applies only while that is the current one. Absent = whichever it is. */
  readonly takesBack?: string
  /** What proved it; a proof that came with another session before decides nothing. */
  readonly proofs?: ArrivalProofs
  /** The survey, by the provider's key, that the respondent was sent on to and that the word is about. */
  readonly sentOnTo?: string
}

export interface RecordedClaim {
  readonly claimId: string
  readonly effect: Effect
  /** The session after the claim. */
  readonly session: SessionRow
  /** True when the very same arrival was here before. */
  readonly replayed: boolean
  /** False when nothing is left for the workflow to do. */
  readonly pending: boolean
  /** True when it changed what the catalogue shows: stamp after the commit. */
  readonly stamp: boolean
}

/**
 * Claim first: the claim and what it makes of the session's standing, in one short transaction under the session's row
 * lock. The ledger and the panel's postback follow in the workflow. Safe to repeat by fingerprint.
 * @param holds what must still be true of the locked session; where it is not, nothing is claimed
 * @returns null when there is no such session
 */
export async function recordClaim(
  knex: Knex,
  sessionId: string,
  claim: NewClaim,
  now: Date,
  holds: (row: SessionRow) => boolean = () => true,
): Promise<RecordedClaim | null> {
  const recorded = await knex.transaction(async (trx) => {
    const row = await lockSession(trx, sessionId)
    if (row === null) return null
    return holds(row) ? insertClaim(trx, row, claim, now) : unchanged(row)
  })
  if (recorded?.stamp) stampSoon(knex)
  return recorded
}

/** As `recordClaim`, within a transaction which holds the session's row lock. */
export async function insertClaim(trx: Knex, row: SessionRow, claim: NewClaim, now: Date): Promise<RecordedClaim> {
  // the very same arrival once more decides nothing, and waits for nothing
  const { repeated, takesSlot } = await readBefore(trx, row.session_id, claim.fingerprint)
  if (repeated) return unchanged(row)
  const outdated = claim.takesBack !== undefined && claim.takesBack !== (await currentWord(trx, row.session_id))
  const borrowed = claim.proofs !== undefined && !(await ownProofs(trx, row.session_id, claim.proofs, now))
  const otherwise = await isProvenOtherwise(trx, row)
  const decided = decide(standingOf(row), { ...claim, outdated, borrowed }, factsOf(row, otherwise, now))
  const settled = takesSlot ? await settle(trx, row, decided, now) : { standing: decided.standing, stamp: false }
  const verdict = { ...decided, standing: settled.standing }
  // nothing follows from a repeat; a review still has to reach the workflow's search attributes
  const pending = verdict.effect !== 'repeat'
  const { rows } = (await trx.raw(
    `insert into outcome_claims (session_id, sequence, source, kind, fingerprint, outcome, word, grade, effect, standing,
                                 flags, raw, received_at, applied_at)
     values (:sessionId, :sequence, :source, :kind, :fingerprint, :outcome, :word, :grade, :effect, :standing::jsonb,
             :flags::text[], :raw, :now, :appliedAt)
     on conflict (session_id, fingerprint) do nothing returning claim_id`,
    {
      sessionId: row.session_id,
      sequence: row.claim_count + 1,
      source: claim.source,
      kind: claim.kind,
      fingerprint: claim.fingerprint,
      outcome: claim.outcome ?? 'ERROR',
      word: claim.word.slice(0, 200),
      grade: claim.grade,
      effect: verdict.effect,
      standing: JSON.stringify(verdict.standing),
      flags: [...verdict.flags, ...(claim.flags ?? [])],
      raw: claim.raw,
      now,
      appliedAt: pending ? null : now,
    },
  )) as { rows: { claim_id: string }[] }
  const claimId = rows[0]?.claim_id
  if (claimId === undefined) return unchanged(row)
  if (claim.sentOnTo !== undefined && !borrowed) {
    const told = { providerSurveyId: claim.sentOnTo, outcome: claim.outcome ?? 'ERROR' }
    await keepOtherSurvey(trx, row, told, now)
  }
  if (claim.outcome === null && (claim.source === 'return' || claim.source === 'postback')) {
    await countUnknownWord(trx, { connection: row.connection, route: claim.source, word: claim.word }, now)
  }
  const session = await writeStanding(trx, row, verdict.standing, now)
  return { claimId, effect: verdict.effect, session, replayed: false, pending, stamp: settled.stamp }
}

/** Whether this arrival was here before, and whether the session takes a slot of a plan; in one statement. */
async function readBefore(
  trx: Knex,
  sessionId: string,
  fingerprint: string,
): Promise<{ repeated: boolean; takesSlot: boolean }> {
  const { rows } = (await trx.raw(
    `select exists (select from outcome_claims where session_id = :sessionId and fingerprint = :fingerprint) as repeated,
            exists (select from plan_sessions where session_id = :sessionId) as "takesSlot"`,
    { sessionId, fingerprint },
  )) as { rows: { repeated: boolean; takesSlot: boolean }[] }
  return rows[0] ?? { repeated: false, takesSlot: false }
}

/** What a decided claim does to the slot of a session of ours, and what that does to its standing. */
async function settle(
  trx: Knex,
  row: SessionRow,
  { effect, standing }: Verdict,
  now: Date,
): Promise<{ standing: Standing; stamp: boolean }> {
  if (effect === 'repeat' || effect === 'review') return { standing, stamp: false }
  return settleSlot(trx, row, standing, now)
}

/** The provider's own word for how the session stands: that of the last claim which decided something. */
async function currentWord(trx: Knex, sessionId: string): Promise<string | null> {
  const row = await trx('outcome_claims')
    .where({ session_id: sessionId })
    .whereNotIn('effect', ['repeat', 'review'])
    .orderBy('sequence', 'desc')
    .first('word')
  return row?.word ?? null
}

/** What arrives from outside; our own words (door, timer, opening) prove nothing about what the provider knows. */
const FROM_OUTSIDE: readonly ClaimSource[] = ['return', 'postback', 'statement']

/** Whether the provider has proven an end that stands, after an end that nobody had proven. */
async function isProvenOtherwise(trx: Knex, row: SessionRow): Promise<boolean> {
  // where the end itself was proven, it speaks for itself
  if (!endedUnproven(standingOf(row), { requiredGrade: row.required_grade })) return false
  const found = await trx('outcome_claims')
    .where({ session_id: row.session_id })
    .whereIn('source', [...FROM_OUTSIDE])
    .whereIn(
      'grade',
      GRADES.filter((grade) => reaches(grade, row.required_grade)),
    )
    .orderBy('sequence')
    .first('outcome')
  return found !== undefined && found.outcome !== 'COMPLETED' && found.outcome !== 'TIMEOUT'
}

const unchanged = (session: SessionRow): RecordedClaim => ({
  claimId: '',
  effect: 'repeat',
  session,
  replayed: true,
  pending: false,
  stamp: false,
})

async function writeStanding(trx: Knex, row: SessionRow, standing: Standing, now: Date): Promise<SessionRow> {
  const changes = {
    state: standing.state,
    outcome: standing.outcome,
    grade: standing.grade,
    provisional: standing.provisional,
    payable: standing.payable,
    reversed: standing.reversed,
    needs_review: standing.needsReview,
    review_reason: standing.reviewReason,
    unpaid_reason: standing.unpaidReason ?? null,
    claim_count: row.claim_count + 1,
    finished_at: row.finished_at ?? (standing.state === 'finished' ? now : null),
    completed_at: row.completed_at ?? (standing.outcome === 'COMPLETED' ? now : null),
  }
  await trx('sessions').where({ session_id: row.session_id }).update(changes)
  // an entry that will never be opened: its inputs (address, browser, profile) are of no more use
  if (row.state === 'opening') await trx('session_inputs').where({ session_id: row.session_id }).delete()
  return { ...row, ...changes }
}

export interface Expiry {
  readonly session: SessionRow
  /** True when the timeout itself ended the session. */
  readonly expired: boolean
  /** How long the session still has, where it has not expired. */
  readonly remainingMs: number
}

/**
 * A timer's question: has this session run out of time? Compare-and-set under the row lock; what PostgreSQL knows better
 * (a click, an outcome) is answered instead, so that a lost signal never expires a session.
 */
export async function expireSession(knex: Knex, sessionId: string, now: Date): Promise<Expiry | null> {
  return knex.transaction(async (trx) => {
    const row = await lockSession(trx, sessionId)
    if (row === null) return null
    if (row.state === 'finished') return { session: row, expired: false, remainingMs: 0 }
    const deadline = completionDeadline(row) ?? row.entry_deadline
    const remainingMs = deadline.getTime() - now.getTime()
    if (remainingMs > 0) return { session: row, expired: false, remainingMs }
    const claim = await insertClaim(trx, row, timeoutClaim, now)
    return { session: claim.session, expired: true, remainingMs: 0 }
  })
}

const timeoutClaim: NewClaim = {
  source: 'timeout',
  kind: 'outcome',
  outcome: 'TIMEOUT',
  word: 'timeout',
  grade: 'E2',
  fingerprint: 'timeout',
  raw: null,
}

export interface PendingClaim {
  readonly claimId: string
  readonly sessionId: string
}

/** Claims that nobody applied for a while: the janitor's list, oldest first. */
export async function findPendingClaims(knex: Knex, olderThan: Date, limit: number): Promise<PendingClaim[]> {
  const rows = await knex('outcome_claims')
    .whereNull('applied_at')
    .where('received_at', '<', olderThan)
    .orderBy('received_at')
    .limit(limit)
    .select('claim_id', 'session_id')
  return rows.map((row) => ({ claimId: row.claim_id, sessionId: row.session_id }))
}
