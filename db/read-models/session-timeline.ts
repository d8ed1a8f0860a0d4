import type { Knex } from '../connect.js'

/** One thing that happened to a session: a change of state, a claim, an attempt to tell the panel. */
export interface TimelineEvent {
  readonly at: Date
  readonly type: string
  readonly details: Readonly<Record<string, unknown>>
}

/**
 * What happened to a session, in its order: its own events, what was claimed about it and by whom, and the attempts to
 * deliver its postbacks. Raw arrivals are left out: they may hold what a panel must not see.
 */
export async function readTimeline(knex: Knex, sessionId: string): Promise<TimelineEvent[]> {
  const { rows } = (await knex.raw(
    `select at, type, details from (
       select at, 1 as rank, 0 as place, type, details from session_events where session_id = :sessionId
       union all
       select received_at, 0, sequence, 'claim',
              jsonb_build_object('source', source, 'kind', kind, 'outcome', outcome, 'word', word, 'grade', grade,
                                 'effect', effect, 'flags', to_jsonb(flags))
              -- late news has a workflow of its own, once the session's has ended
              || case when sequence > 1 and effect <> 'repeat'
                      then jsonb_build_object('workflow_id', 'claim:' || claim_id) else '{}'::jsonb end
         from outcome_claims where session_id = :sessionId
       union all
       select a.at, 2, p.sequence, 'postback',
              jsonb_build_object('postback_id', p.postback_id, 'message', p.type, 'status', a.status, 'error', a.error)
         from postbacks p join postback_attempts a using (postback_id) where p.session_id = :sessionId
     ) as timeline order by at, rank, place`,
    { sessionId },
  )) as { rows: TimelineEvent[] }
  return rows
}
