import type { Knex } from '../../db/connect.js'
import { findQuotaNews, type QuotaNewsItem, upsertQuotaNews } from '../../db/stores/quota-news-store.js'

/** News that has waited for longer has lost the start of its workflow: it is started again. */
const LOST_START_MS = 30_000

/**
 * Stores news about a quota; news that is older than what is stored changes nothing.
 * @returns whether the workflow that asks the provider has to be started
 */
export async function keepQuotaNews(knex: Knex, connection: string, news: QuotaNewsItem, now: Date): Promise<boolean> {
  const before = await findQuotaNews(knex, connection, news.quotaId)
  if (before !== null && before.said_at >= news.at) return before.pending && isLost(before.received_at, now)
  await upsertQuotaNews(knex, connection, news, now)
  return before === null || !before.pending || isLost(before.received_at, now)
}

const isLost = (receivedAt: Date, now: Date): boolean => now.getTime() - receivedAt.getTime() > LOST_START_MS
