import type { Knex } from '../connect.js'
import { type SessionRow, sessionColumns } from '../rows/session-row.js'

/** A survey by its key, or by a prefix of it. */
export type SurveyKeyPart = { readonly exactly: string } | { readonly beginsWith: string }

/**
 * A member's sessions of one survey, for providers without session ids: entered ones before finished ones, newest
 * first.
 */
export async function findSessionsOfMember(
  knex: Knex,
  connections: readonly string[],
  panelistId: string,
  survey: SurveyKeyPart,
): Promise<SessionRow[]> {
  const query = knex('sessions')
    .select(knex.raw(sessionColumns))
    .whereIn('connection', [...connections])
    .where({ provider_panelist_id: panelistId })
    .orderByRaw("case state when 'entered' then 0 when 'finished' then 1 else 2 end, created_at desc")
    .limit(10)
  if ('exactly' in survey) query.where({ provider_survey_id: survey.exactly })
  else query.whereRaw('starts_with(provider_survey_id, ?)', [survey.beginsWith])
  return query
}

/** The member's session from which the provider sent them on to this survey, where that was stored before. */
export async function findSessionSentOn(
  knex: Knex,
  connections: readonly string[],
  panelistId: string,
  providerSurveyId: string,
): Promise<SessionRow | null> {
  const row: SessionRow | undefined = await knex('sessions')
    .select(knex.raw(sessionColumns))
    .join('session_other_surveys as o', 'o.session_id', 'sessions.session_id')
    .whereIn('o.connection', [...connections])
    .where({ 'o.provider_survey_id': providerSurveyId, 'sessions.provider_panelist_id': panelistId })
    .orderBy('o.first_seen_at', 'desc')
    .first()
  return row ?? null
}

/** Whether a member has sessions, and the entered one if there is exactly one. */
export async function readMember(
  knex: Knex,
  connections: readonly string[],
  panelistId: string,
): Promise<{ known: boolean; onlyEntered: SessionRow | null }> {
  const theirs = () =>
    knex('sessions')
      .whereIn('connection', [...connections])
      .where({ provider_panelist_id: panelistId })
  const entered: SessionRow[] = await theirs().select(knex.raw(sessionColumns)).where({ state: 'entered' }).limit(2)
  const [only] = entered
  if (only !== undefined) return { known: true, onlyEntered: entered.length === 1 ? only : null }
  return { known: (await theirs().first('session_id')) !== undefined, onlyEntered: null }
}
