import type { Knex } from '../connect.js'
import { type SessionRow, sessionColumns } from '../rows/session-row.js'

export async function findSession(knex: Knex, sessionId: string): Promise<SessionRow | null> {
  return knex('sessions').select(knex.raw(sessionColumns)).where({ session_id: sessionId }).first().then(orNull)
}

export async function lockSession(trx: Knex, sessionId: string): Promise<SessionRow | null> {
  return trx('sessions')
    .select(trx.raw(sessionColumns))
    .where({ session_id: sessionId })
    .forUpdate()
    .first()
    .then(orNull)
}

export async function findSessionByEntryToken(knex: Knex, entryToken: string): Promise<SessionRow | null> {
  return knex('sessions').select(knex.raw(sessionColumns)).where({ entry_token: entryToken }).first().then(orNull)
}

export async function findUnfinishedSession(
  knex: Knex,
  panel: string,
  panelistId: string,
  surveyId: string,
): Promise<SessionRow | null> {
  return knex('sessions')
    .select(knex.raw(sessionColumns))
    .where({ panel, panelist_id: panelistId, survey_id: surveyId })
    .whereNot({ state: 'finished' })
    .first()
    .then(orNull)
}

/** The session an arrival speaks of, by the provider's own session id; of that connection only. */
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
 * Marks that the panel learns the id of a session that is still opening, so that it gets postbacks from now on.
 * @returns false when the session has ended meanwhile: then the panel is not told its id
 */
export async function announceSession(knex: Knex, sessionId: string): Promise<boolean> {
  return (
    (await knex('sessions')
      .where({ session_id: sessionId })
      .whereNot({ state: 'finished' })
      .update({ announced: true })) === 1
  )
}

/** Notes that a session's workflow is at work. Safe to repeat: the first moment stays. */
export async function markWorkflowStarted(knex: Knex, sessionId: string, now: Date): Promise<void> {
  await knex('sessions')
    .where({ session_id: sessionId })
    .whereNull('workflow_started_at')
    .update({ workflow_started_at: now })
}

/** What a claim changes in a session's row. */
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

/** Notes how many messages the panel has got about a session, and that its workflow is at work. */
export async function updatePostbackCount(trx: Knex, sessionId: string, count: number, now: Date): Promise<void> {
  await trx('sessions')
    .where({ session_id: sessionId })
    .update({ postback_count: count, workflow_started_at: trx.raw('coalesce(workflow_started_at, ?)', [now]) })
}

/** Sessions whose workflow nobody is known to have started, oldest first: the janitor's list. */
export async function findUnstartedSessions(knex: Knex, olderThan: Date, limit: number): Promise<SessionRow[]> {
  return knex('sessions')
    .select(knex.raw(sessionColumns))
    .whereNull('workflow_started_at')
    .where('created_at', '<', olderThan)
    .orderBy('created_at')
    .limit(limit)
}

const orNull = (row: unknown): SessionRow | null => (row as SessionRow | undefined) ?? null
