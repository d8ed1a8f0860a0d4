import type { Knex } from '../connect.js'

/** One attempt to deliver a message, with the answer of the panel's server. */
export interface DeliveryAttempt {
  readonly at: Date
  readonly status: number | null
  readonly error: string | null
  readonly bodyHead: string | null
  readonly durationMs: number
}

export async function insertAttempt(trx: Knex, postbackId: string, attempt: DeliveryAttempt): Promise<void> {
  await trx('postback_attempts').insert({
    postback_id: postbackId,
    at: attempt.at,
    status: attempt.status,
    error: attempt.error,
    body_head: attempt.bodyHead,
    duration_ms: attempt.durationMs,
  })
}
