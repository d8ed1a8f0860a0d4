import type { Knex } from '../connect.js'

/**
 * Binds a provider's transaction to the session that it first comes with.
 * @returns false when it belongs to another session
 */
export async function ownTransaction(
  knex: Knex,
  connection: string,
  transactionId: string,
  sessionId: string,
  now: Date,
): Promise<boolean> {
  const key = { connection, transaction_id: transactionId }
  await knex('provider_transactions')
    .insert({ ...key, session_id: sessionId, first_seen_at: now })
    .onConflict(['connection', 'transaction_id'])
    .ignore()
  const owner = await knex('provider_transactions').where(key).first('session_id')
  return owner?.session_id === sessionId
}
