import type { Knex } from '../../db/connect.js'
import { findQuotaNews, markAsked } from '../../db/stores/quota-news-store.js'

/** Asks the provider about one quota at most once per 10 s. */
const BETWEEN_QUESTIONS_MS = 10_000
const SHORTEST_WAIT_MS = 250

/** The next step for a quota's news. */
export type QuotaQuestion =
  | { readonly kind: 'nothing' }
  /** The last question was less than 10 s ago. */
  | { readonly kind: 'wait'; readonly waitMs: number }
  | { readonly kind: 'ask'; readonly providerSurveyId: string; readonly live: boolean; readonly saidAt: Date }

/** Claims the next question about a quota, in one statement; concurrent callers get `wait`. */
export async function takeQuotaQuestion(
  knex: Knex,
  connection: string,
  quotaId: string,
  now: Date,
): Promise<QuotaQuestion> {
  const notAskedAfter = new Date(now.getTime() - BETWEEN_QUESTIONS_MS)
  const row = await markAsked(knex, connection, quotaId, { now, notAskedAfter })
  if (row !== null) {
    return { kind: 'ask', providerSurveyId: row.provider_survey_id, live: row.live, saidAt: row.said_at }
  }
  const held = await findQuotaNews(knex, connection, quotaId)
  if (held === null || !held.pending) return { kind: 'nothing' }
  const asked = held.asked_at ?? now
  return { kind: 'wait', waitMs: Math.max(SHORTEST_WAIT_MS, asked.getTime() + BETWEEN_QUESTIONS_MS - now.getTime()) }
}
