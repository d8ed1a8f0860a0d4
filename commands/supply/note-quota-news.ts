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
 * Stores that a quota closed or opened, as a provider pushed it. Nothing changes before the provider was asked whether it
 * is true; a quota that is in no catalogue of the account's connections is ignored.
 * @param upstream the connection that the news came by; another one of its account may have the quota
 * @returns the connection whose provider has to be asked now; null when nobody has to
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
