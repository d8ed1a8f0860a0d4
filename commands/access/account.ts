import type { Upstream } from '../../providers/upstream.js'
import type { Connections } from './usable-connections.js'

/**
 * The connections that receive the same postbacks as a connection, itself first: those of the same provider and account
 * (docs/providers/toluna.md, What comes back; Toluna connections with the same base_url and key).
 */
export function connectionsOfAccount(deps: Connections, upstream: Upstream): string[] {
  const { adapter, config, connection } = upstream
  const account = adapter.arrivals?.accountOf?.(config)
  if (account === undefined) return [connection]
  const others = deps.config.connections.filter(({ id }) => {
    const other = id === connection ? null : deps.findUpstream(id)
    return other?.adapter.name === adapter.name && other.adapter.arrivals?.accountOf?.(other.config) === account
  })
  return [connection, ...others.map(({ id }) => id)]
}
