import { createHash } from 'node:crypto'
import type { Knex } from '../connect.js'

/** What proved an arrival, and the account that it is good for. */
export interface ArrivalProofs {
  /** Connections that share their keys are one account: a proof is used once over all of them. */
  readonly account: string
  /** The token's id, the signatures: whatever the provider issues once for one outcome. */
  readonly keys: readonly string[]
}

/**
 * Gives the proofs of an arrival to its session, where they are new, in the claim's transaction: the unique key decides
 * between two sessions that come with one proof at the same moment.
 * @returns false when one of them belongs to another session
 */
export async function ownProofs(
  trx: Knex,
  sessionId: string,
  { account, keys }: ArrivalProofs,
  now: Date,
): Promise<boolean> {
  if (keys.length === 0) return true
  // in one order everywhere, so that two transactions never wait for each other
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
