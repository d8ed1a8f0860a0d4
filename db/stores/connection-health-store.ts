import type { Knex } from '../connect.js'
import { CONNECTION_COLUMNS, type ConnectionRow, StaleEpoch } from './connection-store.js'

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
    .returning(Object.entries(CONNECTION_COLUMNS).map(([name, column]) => trx.raw('?? as ??', [column, name])))
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

/**
 * Something that only a person can mend came up beside the polls: shown until the next good one, which need not notice.
 */
export async function noteAlarm(knex: Knex, connection: string, reason: string, now: Date): Promise<void> {
  await knex('connections')
    .where({ connection })
    .whereNotIn('state', ['removed', 'paused', 'blocked'])
    .update({ state: 'degraded', reason: reason.slice(0, 500), updated_at: now })
}

/**
 * The provider was told: acked goes up, never down, and never beyond what is committed (check `no_ack_before_commit`).
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

/** The provider answered: the connection is well. Written on a change, and every few seconds for its age. */
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
 * So many failures in a row are borne with before a connection is left alone for a while, and how many seconds at most:
 * long where an operator has to act, short where it only seems to be away, so that no match waits for it in vain.
 */
const PATIENCE = { blocked: { patience: 5, longest: 300 }, degraded: { patience: 12, longest: 10 } } as const
const HOLD = `case when fail_streak >= :patience then
  :now::timestamptz + make_interval(secs => least(:longest, 5 * power(2, least(fail_streak - :patience, 10)))) end`

/**
 * A refresh failed: noted where operators look.
 * @param failure.state degraded = worth another try; blocked = an operator has to mend something
 * @param failure.until nobody is asked about before this instant; null = the next one may be, unless there were many
 *   failures in a row: then it waits, each time longer
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

/** The settings are others: what was wrong with the old ones keeps nobody from being asked. */
export async function endHold(knex: Knex, connection: string): Promise<void> {
  await knex('connections').where({ connection }).whereNotNull('next_poll_at').update({ next_poll_at: null })
}
