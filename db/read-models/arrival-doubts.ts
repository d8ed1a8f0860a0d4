import type { Knex } from '../connect.js'

/** An outcome word that no table of a connection has, with its count. */
export interface UnknownWord {
  readonly connection: string
  readonly route: 'return' | 'postback'
  readonly word: string
  readonly arrivals: number
  readonly lastSeenAt: Date
}

/** Arrivals about known members that fit none of their sessions, by survey. */
export interface UnplacedNews {
  readonly connection: string
  readonly providerSurveyId: string
  readonly arrivals: number
  readonly lastSeenAt: Date
}

/** @param limit the most rows, newest first; the table has about 100 words per connection */
export async function listUnknownWords(knex: Knex, limit: number): Promise<UnknownWord[]> {
  const rows: {
    connection: string
    route: 'return' | 'postback'
    word: string
    arrivals: string
    last_seen_at: Date
  }[] = await knex('unknown_outcome_words').orderBy('last_seen_at', 'desc').limit(limit)
  return rows.map(({ connection, route, word, arrivals, last_seen_at }) => ({
    connection,
    route,
    word,
    arrivals: Number(arrivals),
    lastSeenAt: last_seen_at,
  }))
}

/** The number of unplaced arrivals by connection. */
export async function countUnplaced(knex: Knex): Promise<{ connection: string; arrivals: number }[]> {
  const rows: { connection: string; arrivals: string }[] = await knex('unplaced_arrivals')
    .groupBy('connection')
    .select('connection')
    .sum({ arrivals: 'arrivals' })
  return rows.map((row) => ({ connection: row.connection, arrivals: Number(row.arrivals) }))
}

/** Newest first, one row per survey. */
export async function listUnplaced(knex: Knex, limit: number): Promise<UnplacedNews[]> {
  const rows = (await knex('unplaced_arrivals')
    .groupBy('connection', 'provider_survey_id')
    .select('connection', 'provider_survey_id')
    .sum({ arrivals: 'arrivals' })
    .max({ last_seen_at: 'last_seen_at' })
    .orderBy('last_seen_at', 'desc')
    .limit(limit)) as { connection: string; provider_survey_id: string; arrivals: string; last_seen_at: Date }[]
  return rows.map((row) => ({
    connection: row.connection,
    providerSurveyId: row.provider_survey_id,
    arrivals: Number(row.arrivals),
    lastSeenAt: row.last_seen_at,
  }))
}
