import { createHash } from 'node:crypto'
import type { Knex } from '../connect.js'

/** The proofs of an arrival, and the account for which they are valid. */
export interface ArrivalProofs {
  /** Connections that share their keys are one account: a proof is valid once for all of them. */
  readonly account: string
  /** The token's id and the signatures, which the provider issues once per outcome. */
  readonly keys: readonly string[]
}

/**
 * Binds the new proofs of an arrival to its session, in the claim's transaction. The unique key decides between
 * concurrent sessions with the same proof.
 * @returns false when one of them belongs to another session
 */
export async function ownProofs(
  trx: Knex,
  sessionId: string,
  { account, keys }: ArrivalProofs,
  now: Date,
): Promise<boolean> {
  if (keys.length === 0) return true
  // sorted, so that concurrent transactions do not deadlock
  const proofs = keys.map((key) => createHash('sha256').update(key).digest('base64url')).sort()
  const added = await trx('arrival_proofs')
    .insert(proofs.map((proof) => ({ account, proof, session_id: sessionId, first_seen_at: now })))
    .onConflict(['account', 'proof'])
    .ignore()
    .returning('proof')
  if (added.length === proofs.length) return true
  const foreign = await trx('arrival_proofs')
    .where({ account })
    .whereIn('proof', proofs)
    .whereNot({ session_id: sessionId })
    .first('session_id')
  return foreign === undefined
}
