import type { Knex } from '../connect.js'
import type { SessionRow } from '../rows/session-row.js'

/** A session with its plan's data and its connection's state. */
export type LockedPlanSession = {
  readonly plan_id: string
  readonly panel: string
  readonly quota_ids: readonly string[]
} & Pick<SessionRow, 'session_id' | 'state' | 'entry_deadline' | 'provider_entry_url' | 'loi_minutes'> & {
    /** True = its connection is neither paused nor removed. */
    readonly connected: boolean
  }

/** Locks the session's row, and reads its plan's data, which never changes, and the connection's current state. */
export async function lockPlanSession(trx: Knex, entryToken: string): Promise<LockedPlanSession | null> {
  const { rows } = (await trx.raw(
    `select s.session_id, s.state, s.entry_deadline, s.provider_entry_url, s.loi_minutes, p.plan_id, p.panel, p.quota_ids,
            coalesce(not c.paused and c.state <> 'removed', false) as connected
       from sessions s join plan_sessions p on p.session_id = s.session_id
       left join connections c on c.connection = s.connection
      where s.entry_token = ? for update of s`,
    [entryToken],
  )) as { rows: LockedPlanSession[] }
  return rows[0] ?? null
}

/**
 * Sets the session to `entered` and its slot to `held`. Writes two tables in one statement, because other clicks on the
 * plan wait for the lock that the caller holds.
 */
export async function enterLocked(trx: Knex, sessionId: string, heldUntil: Date, now: Date): Promise<void> {
  await trx.raw(
    `with slot as (
       update plan_sessions set slot = 'held', held_until = :heldUntil where session_id = :sessionId
     )
     update sessions set state = 'entered', entered_at = :now where session_id = :sessionId`,
    { sessionId, heldUntil, now },
  )
}
