import type { Knex } from '../connect.js'

/** What is asked of a provider about one panelist. */
export interface RefreshInputs {
  readonly connection: string
  readonly panel: string
  readonly panelistId: string
  /** Keyed hash of panel and panelist. */
  readonly panelistKey: string
  /** Keyed hash of the address and the device class: other circumstances get other surveys. */
  readonly circumstances: string
  /** The id the provider sees. */
  readonly providerPanelistId: string
  readonly country: string
  readonly dateOfBirth: string | null
  /** Question -> answers, in the provider's words. */
  readonly profile: Readonly<Record<string, readonly string[]>>
  readonly userIp: string
  readonly userAgent: string | null
}

const COLUMNS = {
  connection: 'connection',
  panel: 'panel',
  panelistId: 'panelist_id',
  panelistKey: 'panelist_key',
  circumstances: 'circumstances',
  providerPanelistId: 'provider_panelist_id',
  country: 'country',
  dateOfBirth: 'date_of_birth',
  profile: 'profile',
  userIp: 'user_ip',
  userAgent: 'user_agent',
} as const

/**
 * Stores what one refresh needs, so that only its id travels through Temporal. Whoever asks the same at the same time
 * shares the row, and so the question.
 * @returns its id
 */
export async function requestRefresh(knex: Knex, inputs: RefreshInputs, now: Date): Promise<string> {
  const [row] = await knex('panelist_refreshes')
    .insert({
      connection: inputs.connection,
      panel: inputs.panel,
      panelist_id: inputs.panelistId,
      panelist_key: inputs.panelistKey,
      circumstances: inputs.circumstances,
      provider_panelist_id: inputs.providerPanelistId,
      country: inputs.country,
      date_of_birth: inputs.dateOfBirth,
      profile: JSON.stringify(inputs.profile),
      user_ip: inputs.userIp,
      user_agent: inputs.userAgent,
      requested_at: now,
    })
    .onConflict(['connection', 'panelist_key', 'circumstances'])
    .merge(['country', 'date_of_birth', 'profile', 'user_ip', 'user_agent', 'requested_at'])
    .returning('refresh_id')
  return row.refresh_id
}

/** @returns null once it was used, or forgotten */
export async function findRefresh(knex: Knex, refreshId: string): Promise<RefreshInputs | null> {
  return (await knex('panelist_refreshes').select(COLUMNS).where({ refresh_id: refreshId }).first()) ?? null
}

/** The question was answered, or nobody will ask it any more. */
export async function deleteRefresh(knex: Knex, refreshId: string): Promise<void> {
  await knex('panelist_refreshes').where({ refresh_id: refreshId }).delete()
}

/**
 * Takes one refresh from a connection's allowance (a token bucket that all processes share).
 * @param perSecond how many there are a second; as many, and at least one, may come at once
 * @returns false when there is none left now
 */
export async function takeRefresh(knex: Knex, connection: string, perSecond: number, now: Date): Promise<boolean> {
  const burst = Math.max(1, perSecond)
  const { rowCount } = (await knex.raw(
    `insert into refresh_budgets as b (connection, tokens, counted_at) values (:connection, :burst - 1, :now)
     on conflict (connection) do update set
       tokens = least(:burst, b.tokens + greatest(0, extract(epoch from :now::timestamptz - b.counted_at)) * :perSecond) - 1,
       counted_at = greatest(b.counted_at, :now)
     where least(:burst, b.tokens + greatest(0, extract(epoch from :now::timestamptz - b.counted_at)) * :perSecond) >= 1`,
    { connection, burst, perSecond, now },
  )) as { rowCount: number }
  return rowCount === 1
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
