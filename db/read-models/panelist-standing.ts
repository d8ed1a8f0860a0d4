import type { Panelist } from '../../domain/panelist.js'
import type { Knex } from '../connect.js'

/** What a match needs to know of a panelist beside what the request says. */
export interface PanelistStanding {
  /** The stored panelist; null when there is none. */
  readonly stored: Panelist | null
  /** Surveys which the panelist completed, or is in: not offered again (contract §4). */
  readonly taken: readonly string[]
  /** Starts by connection, for the caps. */
  readonly starts: readonly { readonly connection: string; readonly daily: number; readonly weekly: number }[]
}

interface Row {
  stored: { country: string; locale: string | null; date_of_birth: string | null; profile: Panelist['profile'] } | null
  taken: string[]
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
       select survey_id, connection, state, completed_at, entered_at from sessions
        where panel = :panel and panelist_id = :panelistId)
     select
       (select to_jsonb(p) from (select country, locale, date_of_birth, profile from panelists
          where panel = :panel and panelist_id = :panelistId) p) as stored,
       (select coalesce(jsonb_agg(distinct survey_id), '[]') from mine
         where state <> 'finished' or completed_at is not null) as taken,
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
    taken: row?.taken ?? [],
    starts: row?.starts ?? [],
  }
}
