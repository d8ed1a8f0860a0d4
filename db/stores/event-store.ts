import type { Knex } from '../connect.js'

/** At most this many pending events per session, because page reloads repeat them without limit. */
const WORDS_KEPT = 20

/**
 * Stores a provider's word that decides nothing yet as an event of the session, once per word and route, without a
 * claim.
 */
export async function notePending(
  knex: Knex,
  sessionId: string,
  { route, word }: { route: 'return' | 'postback'; word: string },
): Promise<void> {
  await knex.raw(
    `insert into session_events (session_id, type, details)
     select :sessionId, 'pending', jsonb_build_object('source', :route::text, 'word', :word::text)
      where (select count(*) from session_events where session_id = :sessionId and type = 'pending') < :limit
        and not exists (select 1 from session_events
                         where session_id = :sessionId and type = 'pending' and details ->> 'word' = :word
                           and details ->> 'source' = :route)`,
    { sessionId, route, word: word.slice(0, 200), limit: WORDS_KEPT },
  )
}

/** Adds an event to a session's timeline. @param details without personal data */
export async function insertEvent(
  trx: Knex,
  sessionId: string,
  type: string,
  details: Readonly<Record<string, string | null>>,
): Promise<void> {
  await trx('session_events').insert({ session_id: sessionId, type, details: JSON.stringify(details) })
}
