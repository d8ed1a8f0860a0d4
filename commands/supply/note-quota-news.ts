import type { Knex } from '../../db/connect.js'
import { findQuotaOwner } from '../../db/read-models/quota-owner.js'
import type { QuotaNews } from '../../providers/adapter.js'
import type { Upstream } from '../../providers/upstream.js'
import { connectionsOfAccount } from '../access/account.js'
import type { Connections } from '../access/usable-connections.js'
import { keepQuotaNews } from './keep-quota-news.js'

export interface QuotaNewsDependencies extends Connections {
  readonly knex: Knex
  readonly clock: () => Date
}

/**
 * Stores a provider's push that a quota closed or opened. The catalogue changes only after the provider confirms it.
 * Ignores a quota that none of the account's connections has.
 * @param upstream the connection that received the push; another one of its account may have the quota
 * @returns the connection whose provider the caller must ask now; null = none
 */
export async function noteQuotaNews(
  deps: QuotaNewsDependencies,
  upstream: Upstream,
  news: QuotaNews,
): Promise<string | null> {
  const connection = await findQuotaOwner(deps.knex, connectionsOfAccount(deps, upstream), news)
  if (connection === null) return null
  return (await keepQuotaNews(deps.knex, connection, news, deps.clock())) ? connection : null
}
