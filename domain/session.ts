import { type Grade, type Outcome, reaches } from './outcome.js'

export type SessionState = 'opening' | 'created' | 'entered' | 'finished'

/** The standing of a session, which decides what is shown, paid and reported to the panel. */
export interface Standing {
  readonly state: SessionState
  readonly outcome: Outcome | null
  readonly grade: Grade | null
  /** A COMPLETED below the required grade: recorded and shown, not payable. */
  readonly provisional: boolean
  readonly payable: boolean
  readonly reversed: boolean
  readonly needsReview: boolean
  readonly reviewReason: string | null
  /** Why a proven complete is not payable: no slot was left for it (docs/buyers.md, Counting). */
  readonly unpaidReason?: 'over_quota'
}

/** Facts of a session that a claim needs in addition to its standing. */
export interface SessionFacts {
  readonly requiredGrade: Grade
  /** True once the respondent clicked the entry link. A complete of a session without an entry is a ghost. */
  readonly everEntered: boolean
  /** True when a price is locked; without one no complete is payable. */
  readonly priced: boolean
  /** False once the late-outcome grace after the end has passed. */
  readonly withinGrace: boolean
  /** True when the panelist was erased: later completes and reversals are still posted, pseudonymously. */
  readonly erased: boolean
  /**
   * True when the first claim from outside at or above the required grade has an outcome that no complete upgrades (any
   * except COMPLETED and TIMEOUT). Needed when a weaker claim had ended the session before: claims below the grade
   * neither add nor remove a payment.
   */
  readonly provenOtherwise: boolean
}

export type ClaimSource = 'return' | 'postback' | 'entry' | 'opening' | 'timeout' | 'erasure' | 'statement'

/** A statement about how a session ended. */
export interface Claim {
  readonly source: ClaimSource
  /** A reversal takes an earlier claim back; its outcome is the status that holds now. */
  readonly kind: 'outcome' | 'reversal'
  /** Null = an authentic arrival with an unknown word: ERROR, needs review. */
  readonly outcome: Outcome | null
  readonly grade: Grade
  /**
   * True for a reversal of a word that is not the session's current one: it applies to nothing (docs/sessions.md, What
   * one more claim does).
   */
  readonly outdated?: boolean
  /** True when its proof came with another session before: a proof is valid for one session. */
  readonly borrowed?: boolean
}

/**
 * finish: the session's first claim. confirm: better evidence for a provisional complete. correct: better evidence for
 * another outcome than the provisional one. upgrade: a proven complete after a timeout, or after an end that was never
 * proven. reverse: a complete taken back. repeat: nothing new. review: stored, changes nothing, an operator must check
 * it.
 */
export type Effect = 'finish' | 'confirm' | 'correct' | 'upgrade' | 'reverse' | 'repeat' | 'review'

export interface Verdict {
  readonly effect: Effect
  readonly standing: Standing
  readonly flags: readonly string[]
}

/**
 * Decides the effect of one more claim on a session (docs/sessions.md, "What one more claim does"). The first claim
 * ends the session. Later ones confirm, correct, upgrade or reverse it, or go to review; they never overwrite it. Call
 * it under the session's row lock, so that two claims never decide on the same standing.
 */
export function decide(standing: Standing, claim: Claim, facts: SessionFacts): Verdict {
  const outcome = claim.outcome
  if (claim.borrowed === true) return review(standing, 'its proof came with another session before', ['borrowed_proof'])
  if (claim.outdated === true) {
    const told = outcome !== null && outcome === standing.outcome
    return told ? repeat(standing) : review(standing, 'reversal of a status that is not the current one')
  }
  if (standing.outcome === null) return firstClaim(standing, claim, facts)
  if (outcome === null) return review(standing, 'unknown outcome word after the end')
  if (standing.provisional) return onProvisional(standing, outcome, claim, facts)
  // a reversed complete shows REJECTED: a repeat of that is nothing new, any other outcome needs review
  if (standing.reversed) {
    return outcome === standing.outcome ? repeat(standing) : review(standing, `${outcome} after a reversal`)
  }
  if (outcome === standing.outcome) return repeat(standing)
  if (standing.outcome === 'COMPLETED' && (outcome === 'REJECTED' || claim.kind === 'reversal')) {
    return reverse(standing, outcome, claim, facts)
  }
  if (outcome === 'COMPLETED' && yieldsToComplete(standing, claim, facts)) return late(standing, claim, facts)
  return review(standing, `${outcome} after ${standing.outcome}`)
}

/** Whether a proven complete may replace the session's end, which is not a complete. */
function yieldsToComplete(standing: Standing, claim: Claim, facts: SessionFacts): boolean {
  // a reversal has the status that holds now: a provider that takes a screen-out back upgrades the session
  if (claim.kind === 'reversal') return true
  if (endedUnproven(standing, facts)) return !facts.provenOtherwise
  return standing.outcome === 'TIMEOUT' || (standing.outcome === 'ERROR' && facts.erased)
}

/** True for an end below the required grade, which proves nothing because an unsigned redirect can be forged. */
export function endedUnproven(
  { outcome, grade, provisional }: Standing,
  { requiredGrade }: Pick<SessionFacts, 'requiredGrade'>,
): boolean {
  return outcome !== null && !provisional && grade !== null && !reaches(grade, requiredGrade)
}

function firstClaim(standing: Standing, claim: Claim, facts: SessionFacts): Verdict {
  const outcome = claim.outcome ?? 'ERROR'
  const unknown = claim.outcome === null
  const proven = reaches(claim.grade, facts.requiredGrade)
  const completed = outcome === 'COMPLETED'
  const ghost = completed && !facts.everEntered
  const unpaid = completed && proven && !ghost && !facts.priced
  const reason = unknown ? 'unknown outcome word' : ghost ? GHOST : unpaid ? UNPRICED : null
  return {
    effect: 'finish',
    flags: ghost ? ['ghost'] : [],
    standing: {
      ...standing,
      state: 'finished',
      outcome,
      grade: claim.grade,
      provisional: completed && !proven && !ghost,
      payable: completed && proven && !ghost && facts.priced,
      // a session that needed review before the end still needs it
      needsReview: reason !== null || standing.needsReview,
      reviewReason: standing.reviewReason ?? reason,
    },
  }
}

function onProvisional(standing: Standing, outcome: Outcome, claim: Claim, facts: SessionFacts): Verdict {
  // weaker news about a provisional complete proves nothing either way
  if (!reaches(claim.grade, facts.requiredGrade)) {
    return outcome === 'COMPLETED'
      ? repeat(standing)
      : review(standing, `unproven ${outcome} after a provisional complete`)
  }
  const settled = { ...standing, outcome, grade: claim.grade, provisional: false }
  if (outcome === 'COMPLETED') {
    return { effect: 'confirm', flags: [], standing: payableIfPriced(settled, facts) }
  }
  return { effect: 'correct', flags: [], standing: { ...settled, payable: false } }
}

function reverse(standing: Standing, outcome: Outcome, claim: Claim, facts: SessionFacts): Verdict {
  if (!reaches(claim.grade, facts.requiredGrade)) return review(standing, `unproven ${outcome} after COMPLETED`)
  return {
    effect: 'reverse',
    flags: [],
    standing: {
      ...standing,
      outcome: outcome === 'COMPLETED' ? 'REJECTED' : outcome,
      grade: claim.grade,
      payable: false,
      reversed: true,
    },
  }
}

function late(standing: Standing, claim: Claim, facts: SessionFacts): Verdict {
  if (!reaches(claim.grade, facts.requiredGrade)) return review(standing, 'unproven complete after the end')
  if (!facts.everEntered) return review(standing, GHOST, ['ghost'])
  if (!facts.withinGrace) return review(standing, 'complete after the late-outcome grace')
  return {
    effect: 'upgrade',
    flags: endedUnproven(standing, facts) ? ['over_unproven'] : ['late'],
    standing: payableIfPriced({ ...standing, outcome: 'COMPLETED', grade: claim.grade, provisional: false }, facts),
  }
}

const GHOST = 'complete of a session without an entry'
const UNPRICED = 'complete of a session without a price'

/** A proven complete pays its locked price; without a price it needs review. */
function payableIfPriced(standing: Standing, facts: SessionFacts): Standing {
  if (facts.priced) return { ...standing, payable: true }
  return { ...standing, payable: false, needsReview: true, reviewReason: standing.reviewReason ?? UNPRICED }
}

const repeat = (standing: Standing): Verdict => ({ effect: 'repeat', flags: [], standing })

const review = (standing: Standing, reason: string, flags: readonly string[] = []): Verdict => ({
  effect: 'review',
  flags,
  standing: { ...standing, needsReview: true, reviewReason: standing.reviewReason ?? reason },
})
