import type { Knex } from '../../db/connect.js'
import { deleteEndedSignOuts, insertSignOut } from '../../db/stores/operator-sign-out-store.js'

/**
 * Revokes an operator's sign-in for all processes and deletes the revocations of expired sign-ins. Idempotent.
 * @param endsAt when the sign-in would have expired
 */
export async function recordSignOut(knex: Knex, signIn: string, endsAt: Date, now: Date): Promise<void> {
  await insertSignOut(knex, { signIn, endsAt }, now)
  await deleteEndedSignOuts(knex, now)
}
