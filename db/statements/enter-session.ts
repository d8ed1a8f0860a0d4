import type { Knex } from '../connect.js'

/**
 * The respondent's click, in one statement: sets `created` to `entered` only while the entry has not expired and the
 * rules of the phase `click` hold (docs/matching.md, "One decision, seven doors"): connection, status, enterable,
 * panel, finish_date, available_completes, and of the session's quota its status, its completes and its sub-quotas'
 * completes. Our own sessions in flight were counted at the booking.
 * @returns the provider's entry URL and the session's id, or null when the click needs the full check
 */
export async function enterSession(
  knex: Knex,
  entryToken: string,
  now: Date,
): Promise<{ sessionId: string; connection: string; url: string } | null> {
  const { rows } = (await knex.raw(
    `update sessions s set state = 'entered', entered_at = :now
       from connections c
      where s.entry_token = :entryToken and s.state = 'created' and s.entry_deadline > :now
        -- our own plans count entries in enterPlanSession
        and s.connection <> 'gateway'
        and c.connection = s.connection and not c.paused and c.state <> 'removed'
        and (s.per_panelist or exists (
              select 1 from surveys v
               where v.survey_id = s.survey_id and v.status = 'open' and (v.finish_at is null or v.finish_at > :now)
                 and coalesce(v.available_completes, 1) > 0 and (v.survey ->> 'enterable')::boolean
                 and (v.survey -> 'panels' is null or v.survey -> 'panels' @> to_jsonb(s.panel))
                 and (s.provider_quota_id is null or exists (
                       select 1 from jsonb_array_elements(v.survey -> 'quotas') q
                        where q ->> 'quotaId' = s.provider_quota_id and q ->> 'status' = 'open'
                          and coalesce((q ->> 'available')::numeric, 1) > 0
                          -- a layer without a sub-quota that has room admits no panelist
                          and not exists (
                                select 1 from jsonb_array_elements(q -> 'layers') l
                                 where not exists (
                                   select 1 from jsonb_array_elements(l -> 'subQuotas') b
                                    where coalesce((b ->> 'available')::numeric, 1) > 0))))))
      returning s.session_id, s.connection, s.provider_entry_url`,
    { entryToken, now },
  )) as { rows: { session_id: string; connection: string; provider_entry_url: string }[] }
  const row = rows[0]
  return row === undefined
    ? null
    : { sessionId: row.session_id, connection: row.connection, url: row.provider_entry_url }
}
