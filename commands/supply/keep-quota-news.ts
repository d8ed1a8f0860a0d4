import type { Knex } from '../../db/connect.js'
import { findQuotaNews, type QuotaNewsItem, upsertQuotaNews } from '../../db/stores/quota-news-store.js'

/** After this wait the start of the workflow counts as lost, and the caller starts it again. */
const LOST_START_MS = 30_000

/**
 * Stores news about a quota, unless the stored news is as new.
 * @returns whether the caller must start the workflow that asks the provider
 */
export async function keepQuotaNews(knex: Knex, connection: string, news: QuotaNewsItem, now: Date): Promise<boolean> {
  const before = await findQuotaNews(knex, connection, news.quotaId)
  if (before !== null && before.said_at >= news.at) return before.pending && isLost(before.received_at, now)
  await upsertQuotaNews(knex, connection, news, now)
  return before === null || !before.pending || isLost(before.received_at, now)
}

const isLost = (receivedAt: Date, now: Date): boolean => now.getTime() - receivedAt.getTime() > LOST_START_MS
