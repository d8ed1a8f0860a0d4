import type { SessionRow } from '../../db/rows/session-row.js'
import type { ArrivalProofs } from '../../db/stores/proof-store.js'
import type { Grade, Outcome } from '../../domain/outcome.js'
import type { ClaimSource, Effect } from '../../domain/session.js'

export interface NewClaim {
  readonly source: ClaimSource
  readonly kind: 'outcome' | 'reversal'
  /** Null = an unknown word. */
  readonly outcome: Outcome | null
  /** The provider's own word. */
  readonly word: string
  readonly grade: Grade
  /** Equal for repeats of one arrival: the jti, or a hash of the arrival. */
  readonly fingerprint: string
  /** Remarks, in addition to those of the verdict. */
  readonly flags?: readonly string[]
  /** Stored only where an operator must read it. */
  readonly raw: string | null
  /** The word that a reversal takes back; it applies only while that is the current one. Absent = any word. */
  readonly takesBack?: string
  /** Its proofs; a proof that came with another session before decides nothing. */
  readonly proofs?: ArrivalProofs
  /** The provider's key of the survey that the respondent was sent on to; the word is about that survey. */
  readonly sentOnTo?: string
}

export interface RecordedClaim {
  readonly claimId: string
  readonly effect: Effect
  /** The session after the claim. */
  readonly session: SessionRow
  /** True when the same arrival came before. */
  readonly replayed: boolean
  /** False when the workflow has nothing to do. */
  readonly pending: boolean
  /** True when it changed the catalogue: the caller must stamp after the commit. */
  readonly stamp: boolean
}
