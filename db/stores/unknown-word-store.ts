import type { Knex } from '../connect.js'

/** Limits the distinct words, so that a provider or an attacker cannot fill the table or the metrics. */
const WORDS_A_CONNECTION = 100
const OTHER = '(other)'
const CODE_LIKE = /^[\p{L}\p{N}][\p{L}\p{N} _.:/-]{0,63}$/u

/**
 * The label of a provider's word: the word where it looks like a code, else a kind of text, so that no sentence,
 * address or name becomes a label.
 */
export function countedWord(word: string): string {
  if (word === '') return '(empty)'
  if (word.length > 64) return '(long)'
  return CODE_LIKE.test(word) ? word : '(not a code)'
}

/**
 * Counts an authentic arrival with an outcome word that no table has, in its claim's transaction.
 * @param word the provider's own
 */
export async function countUnknownWord(
  trx: Knex,
  { connection, route, word }: { connection: string; route: 'return' | 'postback'; word: string },
  now: Date,
): Promise<void> {
  await trx.raw(
    `insert into unknown_outcome_words as u (connection, route, word, arrivals, first_seen_at, last_seen_at)
     select :connection, :route,
            case when (select count(distinct k.word) from unknown_outcome_words k
                        where k.connection = :connection and k.word <> :word) < :limit then :word else :other end,
            1, :now, :now
     on conflict (connection, route, word) do update set arrivals = u.arrivals + 1, last_seen_at = excluded.last_seen_at`,
    { connection, route, word: countedWord(word), limit: WORDS_A_CONNECTION, other: OTHER, now },
  )
}
