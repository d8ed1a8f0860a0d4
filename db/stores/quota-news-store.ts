import type { Knex } from '../connect.js'

export interface QuotaNewsItem {
  readonly quotaId: string
  readonly providerSurveyId: string
  readonly live: boolean
  /** When the provider says it happened. */
  readonly at: Date
}

/** A start that was lost is made up for after so long. */
const LOST_START_MS = 30_000
/** Reliability F17: a quota is asked about once in so long at most, however much is pushed. */
const BETWEEN_QUESTIONS_MS = 10_000

/**
 * Keeps news about a quota; what is older than what is known loses.
 * @returns whether somebody should be sent to ask whether it is true
 */
export async function keepQuotaNews(knex: Knex, connection: string, news: QuotaNewsItem, now: Date): Promise<boolean> {
  const key = { connection, provider_quota_id: news.quotaId }
  const before = await knex('quota_news').where(key).first('said_at', 'received_at', 'pending')
  if (before !== undefined && before.said_at >= news.at) return before.pending && isLost(before.received_at, now)
  await knex.raw(
    `insert into quota_news as q (connection, provider_quota_id, provider_survey_id, live, said_at, received_at)
     values (:connection, :quotaId, :providerSurveyId, :live, :at, :now)
     on conflict (connection, provider_quota_id) do update set
       provider_survey_id = excluded.provider_survey_id, live = excluded.live, said_at = excluded.said_at,
       received_at = case when q.pending then q.received_at else excluded.received_at end, pending = true
     where excluded.said_at > q.said_at`,
    {
      connection,
      quotaId: news.quotaId,
      providerSurveyId: news.providerSurveyId,
      live: news.live,
      at: news.at,
      now,
    },
  )
  return before === undefined || !before.pending || isLost(before.received_at, now)
}

const isLost = (receivedAt: Date, now: Date): boolean => now.getTime() - receivedAt.getTime() > LOST_START_MS

/** What is to be done about a quota's news. */
export type QuotaQuestion =
  | { readonly kind: 'nothing' }
  /** It was asked a moment ago. */
  | { readonly kind: 'wait'; readonly waitMs: number }
  | { readonly kind: 'ask'; readonly providerSurveyId: string; readonly live: boolean; readonly saidAt: Date }

/** Takes the turn to ask about a quota, in one statement: whoever else tries waits. */
export async function takeQuotaQuestion(
  knex: Knex,
  connection: string,
  quotaId: string,
  now: Date,
): Promise<QuotaQuestion> {
  const key = { connection, provider_quota_id: quotaId }
  const [row] = await knex('quota_news')
    .where({ ...key, pending: true })
    .where((free) =>
      free.whereNull('asked_at').orWhere('asked_at', '<=', new Date(now.getTime() - BETWEEN_QUESTIONS_MS)),
    )
    .update({ asked_at: now })
    .returning(['provider_survey_id', 'live', 'said_at'])
  if (row !== undefined) {
    return { kind: 'ask', providerSurveyId: row.provider_survey_id, live: row.live, saidAt: row.said_at }
  }
  const held = await knex('quota_news').where(key).first('pending', 'asked_at')
  if (held === undefined || !held.pending) return { kind: 'nothing' }
  const asked: Date = held.asked_at ?? now
  return { kind: 'wait', waitMs: Math.max(250, asked.getTime() + BETWEEN_QUESTIONS_MS - now.getTime()) }
}

/** The question is answered; news that came meanwhile stays to be asked about. */
export async function settleQuotaNews(knex: Knex, connection: string, quotaId: string, saidAt: Date): Promise<void> {
  await knex('quota_news')
    .where({ connection, provider_quota_id: quotaId })
    .where('said_at', '<=', saidAt)
    .update({ pending: false })
}
