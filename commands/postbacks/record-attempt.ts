import type { Knex } from '../../db/connect.js'
import { type DeliveryAttempt, insertAttempt } from '../../db/stores/postback-attempt-store.js'
import { type PostbackRow, updateAfterAttempt } from '../../db/stores/postback-store.js'

/**
 * Stores an attempt to deliver a message, and the message's new state.
 * @param result `ownedUntil`: end of the lease; after it the janitor takes the message over
 */
export async function recordAttempt(
  knex: Knex,
  postbackId: string,
  attempt: DeliveryAttempt,
  result: { readonly state: PostbackRow['state']; readonly ownedUntil: Date },
): Promise<void> {
  await knex.transaction(async (trx) => {
    await insertAttempt(trx, postbackId, attempt)
    const deliveredAt = result.state === 'delivered' ? attempt.at : null
    await updateAfterAttempt(trx, postbackId, { ...result, deliveredAt })
  })
}
