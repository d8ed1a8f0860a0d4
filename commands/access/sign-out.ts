import type { Knex } from '../../db/connect.js'
import { deleteEndedSignOuts, insertSignOut } from '../../db/stores/operator-sign-out-store.js'

/**
 * Ends an operator's sign-in for every process and for good, and deletes what is kept of sign-ins that are over by
 * themselves. Safe to repeat.
 * @param endsAt when the sign-in would have ended by itself
 */
export async function recordSignOut(knex: Knex, signIn: string, endsAt: Date, now: Date): Promise<void> {
  await insertSignOut(knex, { signIn, endsAt }, now)
  await deleteEndedSignOuts(knex, now)
}
