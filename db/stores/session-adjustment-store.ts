import type { Outcome } from '../../domain/outcome.js'
import type { Effect } from '../../domain/session.js'
import type { Knex } from '../connect.js'

/** The change of a finished session by a later claim. One per claim. */
export interface SessionAdjustment {
  readonly claimId: string
  readonly sessionId: string
  readonly effect: Effect
  readonly fromOutcome: Outcome
  readonly toOutcome: Outcome | null
  readonly adjustedAt: Date
}

export async function insertSessionAdjustment(trx: Knex, adjustment: SessionAdjustment): Promise<void> {
  await trx('session_adjustments').insert({
    claim_id: adjustment.claimId,
    session_id: adjustment.sessionId,
    effect: adjustment.effect,
    from_outcome: adjustment.fromOutcome,
    to_outcome: adjustment.toOutcome,
    adjusted_at: adjustment.adjustedAt,
  })
}
