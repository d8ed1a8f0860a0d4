import type { Knex } from '../connect.js'
import { type SessionRow, sessionColumns } from '../rows/session-row.js'

/** The session of one of our own plans by its finish token; null = not found. */
export async function readSessionByFinishToken(knex: Knex, finishToken: string): Promise<SessionRow | null> {
  const row: SessionRow | undefined = await knex('sessions')
    .select(knex.raw(sessionColumns))
    .join('plan_sessions as p', 'p.session_id', 'sessions.session_id')
    .where({ 'p.finish_token': finishToken })
    .first()
  return row ?? null
}
