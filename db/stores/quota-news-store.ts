import type { Knex } from '../connect.js'

export interface QuotaNewsItem {
  readonly quotaId: string
  readonly providerSurveyId: string
  readonly live: boolean
  /** The provider's time of the change. */
  readonly at: Date
}

/** A row of `quota_news`: the newest push about a quota. */
export interface QuotaNewsRow {
  readonly provider_survey_id: string
  readonly live: boolean
  readonly said_at: Date
  readonly received_at: Date
  /** True = the provider was not asked yet to confirm it. */
  readonly pending: boolean
  readonly asked_at: Date | null
}

export async function findQuotaNews(knex: Knex, connection: string, quotaId: string): Promise<QuotaNewsRow | null> {
  return (await knex('quota_news').where({ connection, provider_quota_id: quotaId }).first()) ?? null
}

/** Stores news about a quota if it is newer than the stored one. Pending news keeps its `received_at`. */
export async function upsertQuotaNews(knex: Knex, connection: string, news: QuotaNewsItem, now: Date): Promise<void> {
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
}

/**
 * Marks pending news about a quota as asked about now. Compare-and-set: one of several callers gets the row.
 * @param notAskedAfter skips news that was asked about after this time
 * @returns null = no pending news
 */
export async function markAsked(
  knex: Knex,
  connection: string,
  quotaId: string,
  { now, notAskedAfter }: { readonly now: Date; readonly notAskedAfter: Date },
): Promise<Pick<QuotaNewsRow, 'provider_survey_id' | 'live' | 'said_at'> | null> {
  const [row] = await knex('quota_news')
    .where({ connection, provider_quota_id: quotaId, pending: true })
    .where((free) => free.whereNull('asked_at').orWhere('asked_at', '<=', notAskedAfter))
    .update({ asked_at: now })
    .returning(['provider_survey_id', 'live', 'said_at'])
  return row ?? null
}

/** Marks news as answered; news that came meanwhile stays pending. */
export async function settleQuotaNews(knex: Knex, connection: string, quotaId: string, saidAt: Date): Promise<void> {
  await knex('quota_news')
    .where({ connection, provider_quota_id: quotaId })
    .where('said_at', '<=', saidAt)
    .update({ pending: false })
}
