import type { TakenSurvey } from '../../domain/grouping.js'
import type { Panelist } from '../../domain/panelist.js'
import type { PastSession } from '../../domain/participation.js'
import type { Grouping } from '../../domain/survey.js'
import type { Knex } from '../connect.js'

/** A panelist's data for a match, in addition to the request. */
export interface PanelistStanding {
  /** The stored panelist; null = none. */
  readonly stored: Panelist | null
  /** Surveys that the panelist completed, is in, or is blocked from: not offered (docs/matching.md, Not here). */
  readonly taken: readonly string[]
  /** Of those, the completed ones. */
  readonly completed: readonly string[]
  /** Those in progress. */
  readonly underWay: readonly string[]
  /** Those from which the provider blocks the panelist for now. */
  readonly unwanted: readonly string[]
  /** Completed surveys and those in progress, by the providers' ids, for the exclusion by groups. */
  readonly takenSurveys: readonly TakenSurvey[]
  /** Starts by connection, for the caps. */
  readonly starts: readonly { readonly connection: string; readonly daily: number; readonly weekly: number }[]
  /** Connections whose provider blocks the panelist for now. */
  readonly blocked: readonly string[]
  /** Earlier sessions at the watched connections. */
  readonly past: readonly PastSession[]
  /** Members-only surveys that name the panelist: survey id -> quota ids. */
  readonly invitations: ReadonlyMap<string, ReadonlySet<string>>
}

/** A connection whose provider has participation rules, and the panelist's member code there. */
export interface WatchedConnection {
  readonly connection: string
  readonly memberCode: string
}

interface Row {
  skipped: string[]
  blocked: string[]
  past: PastSession[]
  invitations: { survey_id: string; quota_id: string }[]
  stored: { country: string; locale: string | null; date_of_birth: string | null; profile: Panelist['profile'] } | null
  taken: {
    survey_id: string
    connection: string
    provider_survey_id: string
    at: string
    under_way: boolean
    grouping: Grouping | null
  }[]
  starts: { connection: string; daily: number; weekly: number }[]
}

/** Reads all of it in one statement, by primary key and one index: the only SQL of a match. */
export async function readPanelistStanding(
  knex: Knex,
  panel: string,
  panelistId: string,
  now: Date,
  watched: readonly WatchedConnection[] = [],
): Promise<PanelistStanding> {
  const { rows } = (await knex.raw(
    `with mine as (
       select survey_id, connection, provider_survey_id, provider_quota_id, state, outcome, completed_at, entered_at,
              opened_at
         from sessions where panel = :panel and panelist_id = :panelistId),
     -- surveys that a provider sent them on to from one of their sessions
     sent_on as (
       select o.survey_id, o.connection, o.provider_survey_id, o.outcome, o.first_seen_at
         from session_other_surveys o join sessions s using (session_id)
        where s.panel = :panel and s.panelist_id = :panelistId),
     taken as (
       select survey_id, connection, provider_survey_id,
              case when state <> 'finished' then :now::timestamptz else completed_at end as at,
              state <> 'finished' as under_way
         from mine where state <> 'finished' or completed_at is not null
       union all
       select survey_id, connection, provider_survey_id, first_seen_at, false from sent_on where outcome = 'COMPLETED'),
     took_part as (
       select survey_id, connection, provider_survey_id, provider_quota_id, entered_at is not null as entered, outcome
         from mine where opened_at is not null
       union all
       select survey_id, connection, provider_survey_id, null, true, outcome from sent_on),
     blocks as (
       select connection, survey_id from panelist_blocks
        where panel = :panel and panelist_id = :panelistId and until > :now),
     watched as (select * from unnest(:connections::text[], :codes::text[]) as w(connection, code))
     select
       (select to_jsonb(p) from (select country, locale, date_of_birth, profile from panelists
          where panel = :panel and panelist_id = :panelistId) p) as stored,
       (select coalesce(jsonb_agg(jsonb_build_object('survey_id', t.survey_id, 'connection', t.connection,
                 'provider_survey_id', t.provider_survey_id, 'grouping', s.survey -> 'grouping', 'at', t.at,
                 'under_way', t.under_way)), '[]')
          from taken t left join surveys s using (survey_id)) as taken,
       (select coalesce(jsonb_agg(survey_id), '[]') from blocks where survey_id <> '') as skipped,
       (select coalesce(jsonb_agg(connection), '[]') from blocks where survey_id = '') as blocked,
       (select coalesce(jsonb_agg(p), '[]') from (
          select m.connection, m.provider_survey_id as "providerSurveyId", v.survey ->> 'projectId' as "projectId",
                 m.provider_quota_id as "quotaId", m.entered, m.outcome
            from took_part m join watched w using (connection) left join surveys v using (survey_id)) p) as past,
       (select coalesce(jsonb_agg(i), '[]') from (
          select v.survey_id, n.provider_quota_id as quota_id
            from watched w
            join survey_members n on n.connection = w.connection and n.member_code = w.code
            join surveys v on v.connection = n.connection and v.provider_survey_id = n.provider_survey_id
           where v.status = 'open') i) as invitations,
       (select coalesce(jsonb_agg(c), '[]') from (
          select connection,
                 count(*) filter (where entered_at > :now::timestamptz - interval '1 day') as daily,
                 count(*) filter (where entered_at > :now::timestamptz - interval '7 days') as weekly
            from mine where entered_at > :now::timestamptz - interval '7 days' group by connection) c) as starts`,
    {
      panel,
      panelistId,
      now,
      connections: watched.map(({ connection }) => connection),
      codes: watched.map(({ memberCode }) => memberCode),
    },
  )) as { rows: Row[] }
  const row = rows[0]
  const { taken = [], skipped: unwanted = [] } = row ?? {}
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
    taken: [...new Set([...taken.map((one) => one.survey_id), ...unwanted])],
    completed: taken.filter((one) => !one.under_way).map((one) => one.survey_id),
    underWay: taken.filter((one) => one.under_way).map((one) => one.survey_id),
    unwanted,
    takenSurveys: taken.map((one) => ({
      connection: one.connection,
      providerSurveyId: one.provider_survey_id,
      at: new Date(one.at),
      grouping: one.grouping,
    })),
    starts: row?.starts ?? [],
    blocked: row?.blocked ?? [],
    past: row?.past ?? [],
    invitations: grouped(row?.invitations ?? []),
  }
}

function grouped(rows: readonly { survey_id: string; quota_id: string }[]): Map<string, Set<string>> {
  const quotas = new Map<string, Set<string>>()
  for (const { survey_id, quota_id } of rows) {
    quotas.set(survey_id, (quotas.get(survey_id) ?? new Set()).add(quota_id))
  }
  return quotas
}
