import type { Knex } from '../connect.js'

/** One event of a session: a change of state, a claim, an attempt to deliver a postback. */
export interface TimelineEvent {
  readonly at: Date
  readonly type: string
  readonly details: Readonly<Record<string, unknown>>
}

/**
 * The events of a session in order: its own events, its claims with their sources, and the attempts to deliver its
 * postbacks. Omits raw arrivals, because they may contain data that a panel must not see.
 */
export async function readTimeline(knex: Knex, sessionId: string): Promise<TimelineEvent[]> {
  const { rows } = (await knex.raw(
    `select at, type, details from (
       select at, 1 as rank, 0 as place, type, details from session_events where session_id = :sessionId
       union all
       select received_at, 0, sequence, 'claim',
              jsonb_build_object('source', source, 'kind', kind, 'outcome', outcome, 'word', word, 'grade', grade,
                                 'effect', effect, 'flags', to_jsonb(flags))
              -- a late claim has its own workflow, once the session's has ended
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
