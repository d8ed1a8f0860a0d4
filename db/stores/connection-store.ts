import type { Knex } from '../connect.js'

/** The state of a connection's polling (docs/polling.md, States). */
export type PollerState = 'starting' | 'healthy' | 'degraded' | 'blocked' | 'paused'

/** One account at one provider, as stored by its poll loop. */
export interface ConnectionRow {
  readonly connection: string
  readonly provider: string
  readonly state: PollerState | 'removed'
  readonly reason: string | null
  readonly paused: boolean
  readonly failStreak: number
  readonly lastAttemptAt: Date | null
  readonly lastSuccessAt: Date | null
  readonly nextPollAt: Date | null
  readonly cursor: string | null
  /** Decimal text, because the column is numeric. */
  readonly committedId: string
  readonly ackedId: string
  readonly pollEpoch: string
  readonly polls: string
  readonly configDigest: string | null
}

/** Property names of `ConnectionRow` -> columns of `connections`. */
export const CONNECTION_COLUMNS = {
  connection: 'connection',
  provider: 'provider',
  state: 'state',
  reason: 'reason',
  paused: 'paused',
  failStreak: 'fail_streak',
  lastAttemptAt: 'last_attempt_at',
  lastSuccessAt: 'last_success_at',
  nextPollAt: 'next_poll_at',
  cursor: 'cursor',
  committedId: 'committed_id',
  ackedId: 'acked_id',
  pollEpoch: 'poll_epoch',
  polls: 'polls',
  configDigest: 'config_digest',
} as const

/** Thrown when a newer attempt has taken the connection over: the older attempt must stop writing. */
export class StaleEpoch extends Error {
  override readonly name = 'StaleEpoch'
}

/** Every connection ever configured, including removed ones. */
export async function listConnections(knex: Knex): Promise<ConnectionRow[]> {
  return knex('connections').select(CONNECTION_COLUMNS).orderBy('connection')
}

/** @returns null = the connection was never configured */
export async function findConnection(knex: Knex, connection: string): Promise<ConnectionRow | null> {
  return (await knex('connections').select(CONNECTION_COLUMNS).where({ connection }).first()) ?? null
}

/** Takes the connection's row lock. @returns its newest epoch; null = connection not found */
export async function lockEpoch(trx: Knex, connection: string): Promise<string | null> {
  const row: { epoch: string } | undefined = await trx('connections')
    .select({ epoch: 'poll_epoch' })
    .where({ connection })
    .forUpdate()
    .first()
  return row?.epoch ?? null
}

/** Creates the row of a configured connection, or reopens a removed one; keeps its cursor and health. */
export async function openConnection(knex: Knex, configured: { connection: string; provider: string }): Promise<void> {
  await knex.raw(
    `insert into connections as c (connection, provider) values (:connection, :provider)
     on conflict (connection) do update set
       provider = excluded.provider, updated_at = now(),
       state = case when c.state <> 'removed' then c.state when c.paused then 'paused' else 'starting' end,
       reason = case when c.state = 'removed' then null else c.reason end
     where c.provider <> excluded.provider or c.state = 'removed'`,
    configured,
  )
}

/** Sets a connection without a provider to call (our own plans) to `healthy`, unless it is paused. */
export async function settleConnection(knex: Knex, connection: string, now: Date): Promise<void> {
  await knex('connections')
    .where({ connection, paused: false })
    .whereNotIn('state', ['healthy', 'removed'])
    .update({ state: 'healthy', reason: null, updated_at: now })
}

/** Stores the digest of the configuration that the poll loop received. */
export async function noteConfigDigest(knex: Knex, connection: string, digest: string): Promise<void> {
  await knex('connections').where({ connection }).update({ config_digest: digest })
}

/**
 * Begins an attempt to poll: takes and commits the next epoch, so that later writes of an earlier attempt are refused
 * (docs/polling.md, What one poll does).
 * @returns the updated row; null = connection not found or removed
 */
export async function takeEpoch(knex: Knex, connection: string, now: Date): Promise<ConnectionRow | null> {
  const [row] = await knex('connections')
    .where({ connection })
    .whereNot({ state: 'removed' })
    .update({ poll_epoch: knex.raw('poll_epoch + 1'), last_attempt_at: now })
    .returning(Object.entries(CONNECTION_COLUMNS).map(([name, column]) => knex.raw('?? as ??', [column, name])))
  return row ?? null
}

/**
 * Locks the connection's row until the transaction ends and checks that no newer attempt has begun.
 * @throws StaleEpoch
 */
export async function holdEpoch(trx: Knex, connection: string, epoch: string): Promise<void> {
  const newest = await lockEpoch(trx, connection)
  if (newest === epoch) return
  throw new StaleEpoch(
    `a newer attempt (epoch ${newest ?? 'gone'}) took over ${connection} from epoch ${epoch}: nothing was stored`,
  )
}

/** Pauses a connection: no polls and no offers from now on. */
export async function pauseConnection(knex: Knex, connection: string, reason: string, now: Date): Promise<void> {
  await knex('connections')
    .where({ connection })
    .whereNot({ state: 'removed' })
    .update({ paused: true, state: 'paused', reason: reason.slice(0, 500), next_poll_at: null, updated_at: now })
}

/** Resumes a connection; its health is that of the last poll. */
export async function resumeConnection(knex: Knex, connection: string, now: Date): Promise<void> {
  await knex('connections')
    .where({ connection, paused: true })
    .update({
      paused: false,
      state: knex.raw(
        "case when fail_streak > 0 then 'degraded' when last_success_at is null then 'starting' else 'healthy' end",
      ),
      reason: null,
      updated_at: now,
    })
}

/** Removes a connection that is no longer configured, and refuses further writes of a running attempt. */
export async function removeConnection(trx: Knex, connection: string, now: Date): Promise<void> {
  await trx('connections')
    .where({ connection })
    .update({
      state: 'removed',
      reason: 'no longer configured',
      poll_epoch: trx.raw('poll_epoch + 1'),
      next_poll_at: null,
      updated_at: now,
    })
}
