import type { TakenSurvey } from '../../domain/grouping.js'
import type { Panelist } from '../../domain/panelist.js'
import type { Grouping } from '../../domain/survey.js'
import type { Knex } from '../connect.js'

/** What a match needs to know of a panelist beside what the request says. */
export interface PanelistStanding {
  /** The stored panelist; null when there is none. */
  readonly stored: Panelist | null
  /** Surveys which the panelist completed, or is in: not offered again (contract §4). */
  readonly taken: readonly string[]
  /** The same, as their providers know them: groups exclude by these. */
  readonly takenSurveys: readonly TakenSurvey[]
  /** Starts by connection, for the caps. */
  readonly starts: readonly { readonly connection: string; readonly daily: number; readonly weekly: number }[]
}

interface Row {
  stored: { country: string; locale: string | null; date_of_birth: string | null; profile: Panelist['profile'] } | null
  taken: { survey_id: string; connection: string; provider_survey_id: string; at: string; grouping: Grouping | null }[]
  starts: { connection: string; daily: number; weekly: number }[]
}

/** Reads it in one statement by primary key and by one index: the only SQL of a match. */
export async function readPanelistStanding(
  knex: Knex,
  panel: string,
  panelistId: string,
  now: Date,
): Promise<PanelistStanding> {
  const { rows } = (await knex.raw(
    `with mine as (
       select survey_id, connection, provider_survey_id, state, completed_at, entered_at from sessions
        where panel = :panel and panelist_id = :panelistId)
     select
       (select to_jsonb(p) from (select country, locale, date_of_birth, profile from panelists
          where panel = :panel and panelist_id = :panelistId) p) as stored,
       (select coalesce(jsonb_agg(jsonb_build_object('survey_id', m.survey_id, 'connection', m.connection,
                 'provider_survey_id', m.provider_survey_id, 'grouping', s.survey -> 'grouping',
                 'at', case when m.state <> 'finished' then :now::timestamptz else m.completed_at end)), '[]')
          from mine m left join surveys s using (survey_id)
         where m.state <> 'finished' or m.completed_at is not null) as taken,
       (select coalesce(jsonb_agg(c), '[]') from (
          select connection,
                 count(*) filter (where entered_at > :now::timestamptz - interval '1 day') as daily,
                 count(*) filter (where entered_at > :now::timestamptz - interval '7 days') as weekly
            from mine where entered_at > :now::timestamptz - interval '7 days' group by connection) c) as starts`,
    { panel, panelistId, now },
  )) as { rows: Row[] }
  const row = rows[0]
  return {
    stored: row?.stored
      ? {
          panelistId,
          country: row.stored.country,
          locale: row.stored.locale,
          dateOfBirth: row.stored.date_of_birth,
          profile: row.stored.profile,
        }
      : null,
    taken: [...new Set(row?.taken.map((one) => one.survey_id))],
    takenSurveys: (row?.taken ?? []).map((one) => ({
      connection: one.connection,
      providerSurveyId: one.provider_survey_id,
      at: new Date(one.at),
      grouping: one.grouping,
    })),
    starts: row?.starts ?? [],
  }
}
