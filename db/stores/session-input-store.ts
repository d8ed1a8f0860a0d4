import type { PanelistSnapshot } from '../../domain/panelist.js'
import type { Survey } from '../../domain/survey.js'
import type { Knex } from '../connect.js'
import { surveyFromJson } from './survey-json.js'

export interface SessionInputs {
  readonly panelist: PanelistSnapshot
  readonly userIp: string | null
  readonly userAgent: string | null
  /** Null = it is in the catalogue. */
  readonly survey: Survey | null
}

/** The inputs of opening an entry; null once used or erased. */
export async function findSessionInputs(knex: Knex, sessionId: string): Promise<SessionInputs | null> {
  const row = await knex('session_inputs')
    .where({ session_id: sessionId })
    .first('profile', 'user_ip', 'user_agent', 'survey')
  if (row === undefined) return null
  const survey = row.survey === null ? null : surveyFromJson(row.survey)
  return { panelist: row.profile, userIp: row.user_ip, userAgent: row.user_agent, survey }
}

/** Deletes the inputs of opening a session's entry: profile, address and browser of the panelist. */
export async function deleteSessionInputs(trx: Knex, sessionId: string): Promise<void> {
  await trx('session_inputs').where({ session_id: sessionId }).delete()
}
