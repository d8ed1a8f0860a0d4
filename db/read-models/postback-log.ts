import type { Knex } from '../connect.js'

export interface LoggedAttempt {
  readonly at: Date
  readonly status: number | null
  readonly error: string | null
  readonly bodyHead: string | null
}

/** A message to a panel with every attempt to deliver it. */
export interface LoggedPostback {
  readonly postbackId: string
  readonly type: 'session.outcome' | 'session.adjusted'
  readonly sessionId: string
  readonly state: 'pending' | 'delivered' | 'dead'
  readonly attempts: readonly LoggedAttempt[]
}

/** The messages about a session, in order. The caller has checked the owner of the session. */
export async function readPostbackLog(knex: Knex, sessionId: string): Promise<LoggedPostback[]> {
  const postbacks: Omit<LoggedPostback, 'attempts'>[] = await knex('postbacks')
    .select({ postbackId: 'postback_id', type: 'type', sessionId: 'session_id', state: 'state' })
    .where({ session_id: sessionId })
    .orderBy('sequence')
  const attempts: (LoggedAttempt & { postbackId: string })[] = await knex('postback_attempts')
    .select({ postbackId: 'postback_id', at: 'at', status: 'status', error: 'error', bodyHead: 'body_head' })
    .whereIn(
      'postback_id',
      postbacks.map((postback) => postback.postbackId),
    )
    .orderBy('at')
  return postbacks.map((postback) => ({
    ...postback,
    attempts: attempts.filter((attempt) => attempt.postbackId === postback.postbackId),
  }))
}
