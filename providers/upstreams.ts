import type { VocabularyMapping } from '../domain/mapping.js'
import type { TributaryConfig } from './connection-schemas.js'
import type { Http } from './http.js'
import { gatewayConnection, ownPlans } from './own-plans.js'
import { adapterOf } from './registry.js'
import type { FindUpstream, Upstream } from './upstream.js'

/**
 * The configured connections whose provider this version serves, ready to be called.
 * @param http the guarded client as adapters see it
 */
export function createUpstreams(config: TributaryConfig, http: Http): { find: FindUpstream; all: readonly Upstream[] } {
  const all: Upstream[] = []
  for (const connection of config.connections) {
    const adapter = adapterOf(connection.provider)
    if (adapter === undefined) continue
    all.push({
      connection: connection.id,
      adapter: adapter as Upstream['adapter'],
      config: connection,
      http,
      requiredGrade: connection.requiredGrade,
      vocabulary: config.attributeMappings.get(connection.id) ?? adapter.vocabulary,
    })
  }
  // buyers' own plans are one more connection, wherever there are buyers
  if (config.demandPartners.length > 0) {
    all.push({
      connection: gatewayConnection.id,
      adapter: ownPlans as Upstream['adapter'],
      config: gatewayConnection,
      http,
      requiredGrade: gatewayConnection.requiredGrade,
      vocabulary: ownPlans.vocabulary,
    })
  }
  const byId = new Map(all.map((upstream) => [upstream.connection, upstream]))
  return { all, find: (connection) => byId.get(connection) ?? null }
}

/** The vocabulary of a connection: its own mapping file's, else the one shipped with its provider. */
export function vocabularyOf(config: TributaryConfig, upstream: Upstream): VocabularyMapping {
  return config.attributeMappings.get(upstream.connection) ?? upstream.adapter.vocabulary
}
