import { randomBytes } from 'node:crypto'
import type { Knex } from '../connect.js'

export interface PostbackRow {
  postback_id: string
  session_id: string
  panel: string
  type: 'session.outcome' | 'session.adjusted'
  sequence: number
  payload: Record<string, unknown>
  state: 'pending' | 'delivered' | 'dead'
  attempts: number
  /** Attempts since the last redelivery request: its position in its schedule. */
  round_attempts: number
  redeliveries: number
  created_at: Date
  delivered_at: Date | null
}

export interface NewPostback {
  readonly sessionId: string
  readonly panel: string
  readonly type: PostbackRow['type']
  readonly sequence: number
  readonly claimId: string
  readonly payload: Record<string, unknown>
  /** End of the delivery's lease; after it the janitor may take over. */
  readonly ownedUntil: Date
}

/**
 * Puts a message into the outbox, in the transaction of the change it reports.
 * @returns its webhook-id, which never changes
 */
export async function enqueuePostback(trx: Knex, postback: NewPostback): Promise<string> {
  const postbackId = `msg_${randomBytes(18).toString('base64url')}`
  await trx('postbacks').insert({
    postback_id: postbackId,
    session_id: postback.sessionId,
    panel: postback.panel,
    type: postback.type,
    sequence: postback.sequence,
    claim_id: postback.claimId,
    payload: JSON.stringify(postback.payload),
    owned_until: postback.ownedUntil,
  })
  return postbackId
}

export async function findPostback(knex: Knex, postbackId: string): Promise<PostbackRow | null> {
  return (await knex('postbacks').where({ postback_id: postbackId }).first()) ?? null
}

/** The ids of a session's pending messages, in order. */
export async function findPendingPostbackIds(knex: Knex, sessionId: string): Promise<string[]> {
  const rows = await knex('postbacks')
    .where({ session_id: sessionId, state: 'pending' })
    .orderBy('sequence')
    .select('postback_id')
  return rows.map((row) => row.postback_id)
}

/**
 * Counts an attempt and stores the message's new state. A delivered message stays delivered, also if a later redelivery
 * fails.
 */
export async function updateAfterAttempt(
  trx: Knex,
  postbackId: string,
  result: {
    readonly state: PostbackRow['state']
    readonly deliveredAt: Date | null
    readonly ownedUntil: Date
  },
): Promise<void> {
  await trx('postbacks')
    .where({ postback_id: postbackId })
    .update({
      attempts: trx.raw('attempts + 1'),
      round_attempts: trx.raw('round_attempts + 1'),
      state: trx.raw(
        `case when state = 'delivered' or (delivered_at is not null and :made = 'dead') then 'delivered' else :made end`,
        { made: result.state },
      ),
      delivered_at: trx.raw('coalesce(delivered_at, ?)', [result.deliveredAt]),
      owned_until: result.ownedUntil,
    })
}

/**
 * Makes a message due again, from the start of its schedule.
 * @param panel the panel that must own the message; null = any
 * @returns the number of redelivery requests, and its session; null = message not found
 */
export async function makeDueAgain(
  knex: Knex,
  postbackId: string,
  panel: string | null,
  ownedUntil: Date,
): Promise<{ redelivery: number; sessionId: string } | null> {
  const [row] = await knex('postbacks')
    .where({ postback_id: postbackId, ...(panel === null ? {} : { panel }) })
    .update({
      state: 'pending',
      redeliveries: knex.raw('redeliveries + 1'),
      round_attempts: 0,
      owned_until: ownedUntil,
    })
    .returning(['redeliveries', 'session_id'])
  return row === undefined ? null : { redelivery: row.redeliveries, sessionId: row.session_id }
}

/**
 * Takes pending messages whose lease has expired, for the janitor, with a new lease until `ownedUntil`. They continue
 * their schedule.
 */
export async function adoptPendingPostbacks(
  knex: Knex,
  now: Date,
  ownedUntil: Date,
  limit: number,
): Promise<{ postbackId: string; sessionId: string; redeliveries: number }[]> {
  const { rows } = (await knex.raw(
    `update postbacks set owned_until = :ownedUntil, redeliveries = redeliveries + 1
      where postback_id in (select postback_id from postbacks where state = 'pending' and owned_until < :now
                             order by owned_until limit :limit for update skip locked)
      returning postback_id, session_id, redeliveries`,
    { now, ownedUntil, limit },
  )) as { rows: { postback_id: string; session_id: string; redeliveries: number }[] }
  return rows.map((row) => ({
    postbackId: row.postback_id,
    sessionId: row.session_id,
    redeliveries: row.redeliveries,
  }))
}
