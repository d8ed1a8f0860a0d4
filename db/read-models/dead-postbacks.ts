import type { Knex } from '../connect.js'

/** A dead letter, with the last attempt to deliver it. */
export interface DeadPostback {
  readonly postbackId: string
  readonly panel: string
  readonly sessionId: string
  readonly type: 'session.outcome' | 'session.adjusted'
  readonly createdAt: Date
  readonly attempts: number
  /** HTTP status of the last attempt; null when there was no answer. */
  readonly status: number | null
  readonly error: string | null
}

/** The newest dead letters of all panels. */
export async function listDeadPostbacks(knex: Knex, limit: number): Promise<DeadPostback[]> {
  return knex('postbacks as p')
    .joinRaw(
      `left join lateral (select a.status, a.error from postback_attempts a
                           where a.postback_id = p.postback_id order by a.at desc limit 1) last on true`,
    )
    .select({
      postbackId: 'p.postback_id',
      panel: 'p.panel',
      sessionId: 'p.session_id',
      type: 'p.type',
      createdAt: 'p.created_at',
      attempts: 'p.attempts',
      status: 'last.status',
      error: 'last.error',
    })
    .where('p.state', 'dead')
    .orderBy('p.created_at', 'desc')
    .limit(limit)
}
