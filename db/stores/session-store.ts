import type { Money } from '../../domain/money.js'
import type { Reward } from '../../domain/reward.js'
import type { Knex } from '../connect.js'
import { type SessionRow, sessionColumns } from '../rows/session-row.js'

export async function lockSession(trx: Knex, sessionId: string): Promise<SessionRow | null> {
  return trx('sessions')
    .select(trx.raw(sessionColumns))
    .where({ session_id: sessionId })
    .forUpdate()
    .first()
    .then(orNull)
}

/** The session of an arrival by the provider's session id, within that connection. */
export async function findSessionByProviderId(
  knex: Knex,
  connection: string,
  providerSessionId: string,
): Promise<SessionRow | null> {
  return knex('sessions')
    .select(knex.raw(sessionColumns))
    .where({ connection, provider_session_id: providerSessionId })
    .orderBy('created_at', 'desc')
    .first()
    .then(orNull)
}

/**
 * Marks a session that is still opening as known to the panel, so that it gets postbacks from now on.
 * @returns false when the session has ended meanwhile; then the caller must not return its id
 */
export async function announceSession(knex: Knex, sessionId: string): Promise<boolean> {
  return (
    (await knex('sessions')
      .where({ session_id: sessionId })
      .whereNot({ state: 'finished' })
      .update({ announced: true })) === 1
  )
}

export interface OpenedEntry {
  readonly url: string
  readonly providerSessionId: string | null
  /** The length, where it came with the entry. */
  readonly loiMinutes?: number
  /** True when the session has no workflow yet; the janitor starts it if the caller does not. */
  readonly workflowToStart?: boolean
  /** Only when the price comes with the entry. */
  readonly priced?: { readonly price: Money; readonly reward: Reward; readonly shareMinor: bigint }
}

/**
 * Stores the entry of a session and sets it to `created`. The caller holds the row's lock and has checked `opening`.
 */
export async function updateOpened(
  trx: Knex,
  sessionId: string,
  entry: OpenedEntry,
  now: Date,
): Promise<SessionRow | null> {
  const [opened] = (await trx('sessions')
    .where({ session_id: sessionId })
    .update({
      state: 'created',
      // the panel gets the id now: in the waiting answer, or at its next request
      announced: true,
      provider_entry_url: entry.url,
      provider_session_id: entry.providerSessionId,
      opened_at: now,
      ...(entry.workflowToStart === true ? {} : { workflow_started_at: now }),
      ...(entry.loiMinutes === undefined ? {} : { loi_minutes: entry.loiMinutes }),
      ...(entry.priced === undefined
        ? {}
        : {
            cpi_minor: entry.priced.price.amountMinor.toString(),
            currency: entry.priced.price.currency,
            reward_amount: entry.priced.reward.amount,
            reward_currency: entry.priced.reward.currency,
            share_minor: entry.priced.shareMinor.toString(),
          }),
    })
    .returning(trx.raw(sessionColumns) as unknown as '*')) as SessionRow[]
  return opened ?? null
}

/** After this long without a poll of the page, the next poll starts a new wait. */
const LEFT_AFTER_MS = 5 * 60_000

/**
 * Stores that the page of an opening entry was requested.
 * @returns since when the respondent waits, by our clock; null when the entry is no longer opening
 */
export async function updateLook(knex: Knex, sessionId: string, now: Date): Promise<Date | null> {
  const leftBefore = new Date(now.getTime() - LEFT_AFTER_MS)
  const { rows } = (await knex.raw(
    `update sessions set last_look_at = :now,
            waiting_since = case when last_look_at > :leftBefore then waiting_since else :now end
      where session_id = :sessionId and state = 'opening'
      returning waiting_since`,
    { sessionId, now, leftBefore },
  )) as { rows: { waiting_since: Date }[] }
  return rows[0]?.waiting_since ?? null
}

/** Stores when a session's workflow started. Idempotent: the first time stays. */
export async function markWorkflowStarted(knex: Knex, sessionId: string, now: Date): Promise<void> {
  await knex('sessions')
    .where({ session_id: sessionId })
    .whereNull('workflow_started_at')
    .update({ workflow_started_at: now })
}

/** The columns of a session that a claim changes. */
export type StandingChanges = Pick<
  SessionRow,
  | 'state'
  | 'outcome'
  | 'grade'
  | 'provisional'
  | 'payable'
  | 'reversed'
  | 'needs_review'
  | 'review_reason'
  | 'unpaid_reason'
  | 'claim_count'
  | 'finished_at'
  | 'completed_at'
>

export async function updateStanding(trx: Knex, sessionId: string, changes: StandingChanges): Promise<void> {
  await trx('sessions').where({ session_id: sessionId }).update(changes)
}

/** Stores the number of messages about a session, and that its workflow has started. */
export async function updatePostbackCount(trx: Knex, sessionId: string, count: number, now: Date): Promise<void> {
  await trx('sessions')
    .where({ session_id: sessionId })
    .update({ postback_count: count, workflow_started_at: trx.raw('coalesce(workflow_started_at, ?)', [now]) })
}

/** Sessions without a started workflow, oldest first; for the janitor. */
export async function findUnstartedSessions(knex: Knex, olderThan: Date, limit: number): Promise<SessionRow[]> {
  return knex('sessions')
    .select(knex.raw(sessionColumns))
    .whereNull('workflow_started_at')
    .where('created_at', '<', olderThan)
    .orderBy('created_at')
    .limit(limit)
}

const orNull = (row: unknown): SessionRow | null => (row as SessionRow | undefined) ?? null
