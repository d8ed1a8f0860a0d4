import type { Knex } from '../connect.js'

/** Deletes what opening a session's entry would have needed: the profile, the address and the browser of the panelist. */
export async function deleteSessionInputs(trx: Knex, sessionId: string): Promise<void> {
  await trx('session_inputs').where({ session_id: sessionId }).delete()
}
