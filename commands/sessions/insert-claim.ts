import type { Knex } from '../../db/connect.js'
import { factsOf, type SessionRow, standingOf } from '../../db/rows/session-row.js'
import { findCurrentWord, findFirstOutcome, insertClaimRow, readBefore } from '../../db/stores/claim-store.js'
import { insertEvent } from '../../db/stores/event-store.js'
import { insertOtherSurvey } from '../../db/stores/other-survey-store.js'
import { ownProofs } from '../../db/stores/proof-store.js'
import { deleteSessionInputs } from '../../db/stores/session-input-store.js'
import { updateStanding } from '../../db/stores/session-store.js'
import { countUnknownWord } from '../../db/stores/unknown-word-store.js'
import { GRADES, reaches } from '../../domain/outcome.js'
import { type ClaimSource, decide, endedUnproven, type Standing, type Verdict } from '../../domain/session.js'
import { settleSlot } from '../plans/settle-slot.js'
import type { NewClaim, RecordedClaim } from './claim.js'

/**
 * Records a claim and the session's new standing, in a transaction that holds the session's row lock. Idempotent by
 * fingerprint.
 * @param row the locked row
 */
export async function insertClaim(trx: Knex, row: SessionRow, claim: NewClaim, now: Date): Promise<RecordedClaim> {
  // a repeat of the same arrival decides nothing and needs no further lock
  const { repeated, takesSlot } = await readBefore(trx, row.session_id, claim.fingerprint)
  if (repeated) return unchanged(row)
  const outdated = claim.takesBack !== undefined && claim.takesBack !== (await findCurrentWord(trx, row.session_id))
  const borrowed = claim.proofs !== undefined && !(await ownProofs(trx, row.session_id, claim.proofs, now))
  const otherwise = await isProvenOtherwise(trx, row)
  const decided = decide(standingOf(row), { ...claim, outdated, borrowed }, factsOf(row, otherwise, now))
  const settled = takesSlot ? await settle(trx, row, decided, now) : { standing: decided.standing, stamp: false }
  const verdict = { ...decided, standing: settled.standing }
  // a repeat needs no workflow; a review still has to reach the workflow's search attributes
  const pending = verdict.effect !== 'repeat'
  const claimId = await insertClaimRow(trx, {
    sessionId: row.session_id,
    sequence: row.claim_count + 1,
    source: claim.source,
    kind: claim.kind,
    fingerprint: claim.fingerprint,
    outcome: claim.outcome ?? 'ERROR',
    word: claim.word.slice(0, 200),
    grade: claim.grade,
    effect: verdict.effect,
    standing: verdict.standing,
    flags: [...verdict.flags, ...(claim.flags ?? [])],
    raw: claim.raw,
    receivedAt: now,
    appliedAt: pending ? null : now,
  })
  if (claimId === null) return unchanged(row)
  if (claim.sentOnTo !== undefined && !borrowed) await keepOtherSurvey(trx, row, claim, claim.sentOnTo, now)
  if (claim.outcome === null && (claim.source === 'return' || claim.source === 'postback')) {
    await countUnknownWord(trx, { connection: row.connection, route: claim.source, word: claim.word }, now)
  }
  const session = await writeStanding(trx, row, verdict.standing, now)
  return { claimId, effect: verdict.effect, session, replayed: false, pending, stamp: settled.stamp }
}

/** The result of a claim that changes nothing. */
export const unchanged = (session: SessionRow): RecordedClaim => ({
  claimId: '',
  effect: 'repeat',
  session,
  replayed: true,
  pending: false,
  stamp: false,
})

/** Updates the slot of a session of our own plan, and returns the standing that follows. */
async function settle(
  trx: Knex,
  row: SessionRow,
  { effect, standing }: Verdict,
  now: Date,
): Promise<{ standing: Standing; stamp: boolean }> {
  if (effect === 'repeat' || effect === 'review') return { standing, stamp: false }
  return settleSlot(trx, row, standing, now)
}

/** Claims from outside. Our own (entry, timeout, opening) prove nothing about the provider's outcome. */
const FROM_OUTSIDE: readonly ClaimSource[] = ['return', 'postback', 'statement']

/** Whether the provider proved another outcome after an unproven end. */
async function isProvenOtherwise(trx: Knex, row: SessionRow): Promise<boolean> {
  // a proven end needs no other proof
  if (!endedUnproven(standingOf(row), { requiredGrade: row.required_grade })) return false
  const outcome = await findFirstOutcome(trx, row.session_id, {
    sources: FROM_OUTSIDE,
    grades: GRADES.filter((grade) => reaches(grade, row.required_grade)),
  })
  return outcome !== null && outcome !== 'COMPLETED' && outcome !== 'TIMEOUT'
}

/** Stores the survey that the respondent was sent on to, so that it is not offered again after a complete. */
async function keepOtherSurvey(
  trx: Knex,
  { session_id: sessionId, connection }: SessionRow,
  claim: NewClaim,
  providerSurveyId: string,
  now: Date,
): Promise<void> {
  const outcome = claim.outcome ?? 'ERROR'
  const added = await insertOtherSurvey(trx, { sessionId, connection, providerSurveyId, outcome }, now)
  if (added) await insertEvent(trx, sessionId, 'sent_on', { provider_survey_id: providerSurveyId, outcome })
}

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
  await updateStanding(trx, row.session_id, changes)
  // the entry will never open: delete its inputs (address, browser, profile)
  if (row.state === 'opening') await deleteSessionInputs(trx, row.session_id)
  return { ...row, ...changes }
}
