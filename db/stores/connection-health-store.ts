import type { Knex } from '../connect.js'
import { CONNECTION_COLUMNS, type ConnectionRow, StaleEpoch } from './connection-store.js'

export interface GoodPoll {
  readonly cursor: string | null
  /** The highest receipt of the page; null when there is nothing to acknowledge. */
  readonly receipt: string | null
  /** False while the acknowledgement is pending: only it makes the poll good. */
  readonly healthy: boolean
  /** The earliest next poll at the provider's pace. */
  readonly nextPollAt: Date
  readonly now: Date
}

/** Stores the cursor in the page's transaction; the committed id only increases. */
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
    .returning(Object.entries(CONNECTION_COLUMNS).map(([name, column]) => trx.raw('?? as ??', [column, name])))
  if (row === undefined) throw new StaleEpoch(`connection ${connection} not found`)
  return row
}

const healthyColumns = (knex: Knex) => ({
  state: knex.raw("case when paused then 'paused' else 'healthy' end"),
  reason: knex.raw('case when paused then reason end'),
  fail_streak: 0,
})

/**
 * Stores a failed attempt for operators. Ignores an attempt with an older epoch.
 * @param state degraded = will be retried soon; blocked = a person must act
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

/**
 * Stores a problem outside the polls that only a person can fix. Shown until the next good poll, which may come before
 * the fix.
 */
export async function noteAlarm(knex: Knex, connection: string, reason: string, now: Date): Promise<void> {
  await knex('connections')
    .where({ connection })
    .whereNotIn('state', ['removed', 'paused', 'blocked'])
    .update({ state: 'degraded', reason: reason.slice(0, 500), updated_at: now })
}

/**
 * Stores an acknowledged receipt: `acked_id` only increases, and never exceeds `committed_id` (check
 * `no_ack_before_commit`).
 */
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

/** Stores that the provider answered. Writes on a change of health, and at most every 2 seconds for the age. */
export async function recordGoodRefresh(knex: Knex, connection: string, now: Date): Promise<void> {
  await knex.raw(
    `update connections set last_success_at = :now, last_attempt_at = :now, fail_streak = 0, next_poll_at = null,
       polls = polls + 1, updated_at = :now,
       state = case when paused then 'paused' else 'healthy' end, reason = case when paused then reason end
     where connection = :connection and state <> 'removed'
       and (fail_streak > 0 or state in ('starting', 'degraded', 'blocked') or last_success_at is null
            or last_success_at < :now::timestamptz - interval '2 seconds')`,
    { connection, now },
  )
}

/**
 * The number of consecutive failures before the backoff starts, and the longest backoff in seconds: long where an
 * operator must act, short where the provider seems unavailable, so that matches do not wait for it.
 */
const PATIENCE = { blocked: { patience: 5, longest: 300 }, degraded: { patience: 12, longest: 10 } } as const
const HOLD = `case when fail_streak >= :patience then
  :now::timestamptz + make_interval(secs => least(:longest, 5 * power(2, least(fail_streak - :patience, 10)))) end`

/**
 * Stores a failed refresh for operators.
 * @param failure.state degraded = can be retried; blocked = an operator must fix something
 * @param failure.until no refresh before this time; null = immediately, or with exponential backoff after many
 *   consecutive failures
 */
export async function recordFailedRefresh(
  knex: Knex,
  connection: string,
  failure: { state: 'degraded' | 'blocked'; reason: string; until: Date | null; now: Date },
): Promise<void> {
  await knex('connections')
    .where({ connection })
    .whereNot({ state: 'removed' })
    .update({
      state: knex.raw("case when paused then 'paused' else ? end", [failure.state]),
      reason: knex.raw('case when paused then reason else ? end', [failure.reason.slice(0, 500)]),
      fail_streak: knex.raw('fail_streak + 1'),
      last_attempt_at: failure.now,
      next_poll_at: failure.until ?? knex.raw(HOLD, { now: failure.now, ...PATIENCE[failure.state] }),
      updated_at: failure.now,
    })
}

/** Ends the backoff, because the settings have changed. */
export async function endHold(knex: Knex, connection: string): Promise<void> {
  await knex('connections').where({ connection }).whereNotNull('next_poll_at').update({ next_poll_at: null })
}
