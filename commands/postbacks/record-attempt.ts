import type { Knex } from '../../db/connect.js'
import { type DeliveryAttempt, insertAttempt } from '../../db/stores/postback-attempt-store.js'
import { type PostbackRow, updateAfterAttempt } from '../../db/stores/postback-store.js'

/**
 * Stores an attempt to deliver a message together with what it makes of the message.
 * @param result `ownedUntil`: the janitor takes the message over after it
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
