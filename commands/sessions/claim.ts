import type { SessionRow } from '../../db/rows/session-row.js'
import type { ArrivalProofs } from '../../db/stores/proof-store.js'
import type { Grade, Outcome } from '../../domain/outcome.js'
import type { ClaimSource, Effect } from '../../domain/session.js'

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
