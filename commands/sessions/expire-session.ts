import type { Knex } from '../../db/connect.js'
import { completionDeadline, type SessionRow } from '../../db/rows/session-row.js'
import { lockSession } from '../../db/stores/session-store.js'
import type { NewClaim } from './claim.js'
import { insertClaim } from './insert-claim.js'

export interface Expiry {
  readonly session: SessionRow
  /** True when the timeout itself ended the session. */
  readonly expired: boolean
  /** Time until the timeout of a session that has not expired. */
  readonly remainingMs: number
}

/**
 * Expires a session if its deadline has passed: compare-and-set under the row lock. Returns the session unchanged if
 * PostgreSQL has a click or an outcome, so that a lost signal never expires a session.
 */
export async function expireSession(knex: Knex, sessionId: string, now: Date): Promise<Expiry | null> {
  return knex.transaction(async (trx) => {
    const row = await lockSession(trx, sessionId)
    if (row === null) return null
    if (row.state === 'finished') return { session: row, expired: false, remainingMs: 0 }
    const deadline = completionDeadline(row) ?? row.entry_deadline
    const remainingMs = deadline.getTime() - now.getTime()
    if (remainingMs > 0) return { session: row, expired: false, remainingMs }
    const claim = await insertClaim(trx, row, timeoutClaim, now)
    return { session: claim.session, expired: true, remainingMs: 0 }
  })
}

const timeoutClaim: NewClaim = {
  source: 'timeout',
  kind: 'outcome',
  outcome: 'TIMEOUT',
  word: 'timeout',
  grade: 'E2',
  fingerprint: 'timeout',
  raw: null,
}
