import { adapterOf } from './adapters.js'
import type { TributaryConfig } from './connection-schemas.js'
import type { Http } from './http.js'
import { gatewayConnection, ownPlans } from './own-plans.js'
import type { FindUpstream, ServedConnection, Upstream } from './upstream.js'

/** The configured connections in the configuration's order, then our own plans if there are buyers. */
export function servedConnections(config: TributaryConfig): ServedConnection[] {
  const configured = config.connections.map((connection): ServedConnection => {
    const adapter = adapterOf(connection.provider)
    return {
      connection: connection.id,
      adapter,
      config: connection,
      vocabulary: config.attributeMappings.get(connection.id) ?? adapter.vocabulary,
    }
  })
  if (config.demandPartners.length === 0) return configured
  const { id } = gatewayConnection
  return [
    ...configured,
    { connection: id, adapter: ownPlans, config: gatewayConnection, vocabulary: ownPlans.vocabulary },
  ]
}

/**
 * The served connections, ready to be called.
 * @param http the guarded client as adapters see it
 */
export function createUpstreams(config: TributaryConfig, http: Http): { find: FindUpstream; all: readonly Upstream[] } {
  const all = servedConnections(config).map((served): Upstream => ({ ...served, http }))
  const byId = new Map(all.map((upstream) => [upstream.connection, upstream]))
  return { all, find: (connection) => byId.get(connection) ?? null }
}
