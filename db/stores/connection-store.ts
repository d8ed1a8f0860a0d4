import type { Knex } from '../connect.js'

/** How a connection's polling stands (contract §6, TributaryState of a poller). */
export type PollerState = 'starting' | 'healthy' | 'degraded' | 'blocked' | 'paused'

/** One account at one provider as its poll loop left it. */
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
  /** Decimal text, as PostgreSQL's numeric comes. */
  readonly committedId: string
  readonly ackedId: string
  readonly pollEpoch: string
  readonly polls: string
  readonly configDigest: string | null
}

const COLUMNS = {
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

/** Thrown when a newer attempt has taken the connection over: whoever still writes for the older one must stop. */
export class StaleEpoch extends Error {
  override readonly name = 'StaleEpoch'
}

/** Every connection ever configured, removed ones too. */
export async function listConnections(knex: Knex): Promise<ConnectionRow[]> {
  return knex('connections').select(COLUMNS).orderBy('connection')
}

/** @returns null when the connection was never configured */
export async function findConnection(knex: Knex, connection: string): Promise<ConnectionRow | null> {
  return (await knex('connections').select(COLUMNS).where({ connection }).first()) ?? null
}

/** Makes the row of a configured connection, or brings a removed one back; its cursor and health stay. */
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

/** A connection with nothing to poll and nobody to ask (our own plans) is well as soon as it is there, unless it is paused. */
export async function settleConnection(knex: Knex, connection: string, now: Date): Promise<void> {
  await knex('connections')
    .where({ connection, paused: false })
    .whereNotIn('state', ['healthy', 'removed'])
    .update({ state: 'healthy', reason: null, updated_at: now })
}

/** Remembers which configuration the poll loop was told of. */
export async function noteConfigDigest(knex: Knex, connection: string, digest: string): Promise<void> {
  await knex('connections').where({ connection }).update({ config_digest: digest })
}

/**
 * Begins an attempt to poll: takes the next epoch, committed at once, so that whatever an earlier attempt still writes
 * is refused (reliability F6).
 * @returns the row as it is now, or null when the connection is not (or no longer) there
 */
export async function takeEpoch(knex: Knex, connection: string, now: Date): Promise<ConnectionRow | null> {
  const [row] = await knex('connections')
    .where({ connection })
    .whereNot({ state: 'removed' })
    .update({ poll_epoch: knex.raw('poll_epoch + 1'), last_attempt_at: now })
    .returning(Object.entries(COLUMNS).map(([name, column]) => knex.raw('?? as ??', [column, name])))
  return row ?? null
}

/**
 * Locks the connection's row until the transaction ends and checks that no newer attempt began.
 * @throws StaleEpoch
 */
export async function holdEpoch(trx: Knex, connection: string, epoch: string): Promise<void> {
  const row = await trx('connections').select({ epoch: 'poll_epoch' }).where({ connection }).forUpdate().first()
  if (row?.epoch === epoch) return
  throw new StaleEpoch(
    `a newer attempt (epoch ${row?.epoch ?? 'gone'}) took over ${connection} from epoch ${epoch}: nothing was stored`,
  )
}

export interface GoodPoll {
  readonly cursor: string | null
  /** The highest receipt of the page; null when there is nothing to acknowledge. */
  readonly receipt: string | null
  /** False while the provider has yet to be told: the acknowledgement is what makes the poll good. */
  readonly healthy: boolean
  /** When the provider's pace lets us ask again. */
  readonly nextPollAt: Date
  readonly now: Date
}

/** Writes the cursor beside the page, in its transaction; the committed id only goes up. */
export async function recordGoodPoll(trx: Knex, connection: string, poll: GoodPoll): Promise<ConnectionRow> {
  const [row] = await trx('connections')
    .where({ connection })
    .update({
      cursor: poll.cursor,
      committed_id: trx.raw('greatest(committed_id, coalesce(?::numeric, 0))', [poll.receipt]),
      polls: trx.raw('polls + 1'),
      last_success_at: poll.now,
      next_poll_at: poll.nextPollAt,
      updated_at: poll.now,
      ...(poll.healthy ? healthyColumns(trx) : {}),
    })
    .returning(Object.entries(COLUMNS).map(([name, column]) => trx.raw('?? as ??', [column, name])))
  if (row === undefined) throw new StaleEpoch(`${connection} is gone`)
  return row
}

const healthyColumns = (knex: Knex) => ({
  state: knex.raw("case when paused then 'paused' else 'healthy' end"),
  reason: knex.raw('case when paused then reason end'),
  fail_streak: 0,
})

/**
 * Notes a failed attempt where operators look. An older attempt than the newest has nothing to say.
 * @param state degraded = it will be tried again soon; blocked = a human is needed
 */
export async function recordFailedPoll(
  knex: Knex,
  connection: string,
  failure: { epoch: string; state: 'degraded' | 'blocked'; reason: string; now: Date },
): Promise<void> {
  await knex('connections')
    .where({ connection, poll_epoch: failure.epoch })
    .whereNot({ state: 'removed' })
    .update({
      state: knex.raw("case when paused then 'paused' else ? end", [failure.state]),
      reason: failure.reason.slice(0, 500),
      fail_streak: knex.raw('fail_streak + 1'),
      next_poll_at: null,
      updated_at: failure.now,
    })
}

/** Something that only a person can mend came up beside the polls: shown until the next good one, which need not notice. */
export async function noteAlarm(knex: Knex, connection: string, reason: string, now: Date): Promise<void> {
  await knex('connections')
    .where({ connection })
    .whereNotIn('state', ['removed', 'paused', 'blocked'])
    .update({ state: 'degraded', reason: reason.slice(0, 500), updated_at: now })
}

/** The provider was told: acked goes up, never down, and never beyond what is committed (invariant I1). */
export async function recordAcknowledged(knex: Knex, connection: string, receipt: string, now: Date): Promise<void> {
  await knex('connections')
    .where({ connection })
    .whereNot({ state: 'removed' })
    .update({
      acked_id: knex.raw('greatest(acked_id, ?::numeric)', [receipt]),
      updated_at: now,
      ...healthyColumns(knex),
    })
}

/** Not polled and not offered from now on. */
export async function pauseConnection(knex: Knex, connection: string, reason: string, now: Date): Promise<void> {
  await knex('connections')
    .where({ connection })
    .whereNot({ state: 'removed' })
    .update({ paused: true, state: 'paused', reason: reason.slice(0, 500), next_poll_at: null, updated_at: now })
}

/** Polled and offered again; its health is what the last poll says. */
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

/** No longer configured: nothing of a running attempt may be written any more. */
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
