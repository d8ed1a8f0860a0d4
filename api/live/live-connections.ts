import type { TributaryConfig } from '../../providers/connection-schemas.js'
import type { Upstream } from '../../providers/upstream.js'
import { vocabularyOf } from '../../providers/upstreams.js'
import type { LiveConnection } from './live-matches.js'

/** The configured connections whose provider matches on its side. */
export function liveConnections(config: TributaryConfig, upstreams: readonly Upstream[]): LiveConnection[] {
  return upstreams.flatMap((upstream): LiveConnection[] => {
    const { adapter, connection } = upstream
    if (adapter.matchPanelist === undefined || adapter.matching === undefined) return []
    const settings = config.connections.find(({ id }) => id === connection)
    return [
      {
        id: connection,
        provider: adapter.name,
        terms: adapter.matching(upstream.config),
        vocabulary: { prefix: adapter.name, provider: adapter.name, mapping: vocabularyOf(config, upstream) },
        staleAfterMs: settings?.staleAfter ?? 0,
      },
    ]
  })
}
