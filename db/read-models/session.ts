import type { Knex } from '../connect.js'
import { type SessionRow, sessionColumns } from '../rows/session-row.js'

/** A session by our own id. */
export async function findSession(knex: Knex, sessionId: string): Promise<SessionRow | null> {
  return knex('sessions').select(knex.raw(sessionColumns)).where({ session_id: sessionId }).first().then(orNull)
}

/** The session of an entry link. */
export async function findSessionByEntryToken(knex: Knex, entryToken: string): Promise<SessionRow | null> {
  return knex('sessions').select(knex.raw(sessionColumns)).where({ entry_token: entryToken }).first().then(orNull)
}

/** A panelist's unfinished session of one survey; at most one (unique index `one_unfinished_session`). */
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

const orNull = (row: unknown): SessionRow | null => (row as SessionRow | undefined) ?? null
