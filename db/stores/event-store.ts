import type { Knex } from '../connect.js'

/** A reload comes as often as somebody presses the key: the trace of it is bounded. */
const WORDS_KEPT = 20

/**
 * Notes that a provider said something which decides nothing yet, once a word: it stands among the session's events, and
 * no claim comes of it.
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

/** Adds an event to a session's story. @param details without anything personal */
export async function insertEvent(
  trx: Knex,
  sessionId: string,
  type: string,
  details: Readonly<Record<string, string | null>>,
): Promise<void> {
  await trx('session_events').insert({ session_id: sessionId, type, details: JSON.stringify(details) })
}
