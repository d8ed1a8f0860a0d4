import type { Grade, Outcome } from '../../domain/outcome.js'
import type { Knex } from '../connect.js'

/** The one terminal outcome of a session: the primary key refuses a second. */
export interface SessionOutcome {
  readonly sessionId: string
  /** The claim that ended the session. */
  readonly claimId: string
  readonly outcome: Outcome | null
  readonly grade: Grade | null
  readonly provisional: boolean
  readonly payable: boolean
  readonly decidedAt: Date
}

export async function insertSessionOutcome(trx: Knex, outcome: SessionOutcome): Promise<void> {
  await trx('session_outcomes').insert({
    session_id: outcome.sessionId,
    claim_id: outcome.claimId,
    outcome: outcome.outcome,
    grade: outcome.grade,
    provisional: outcome.provisional,
    payable: outcome.payable,
    decided_at: outcome.decidedAt,
  })
}
