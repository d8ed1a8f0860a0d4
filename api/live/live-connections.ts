import type { Upstream } from '../../providers/upstream.js'
import type { LiveConnection } from './live-matches.js'

/** The configured connections whose provider matches on its side. */
export function liveConnections(upstreams: readonly Upstream[]): LiveConnection[] {
  return upstreams.flatMap((upstream): LiveConnection[] => {
    const { adapter, connection, config, vocabulary } = upstream
    if (adapter.live === undefined) return []
    return [
      {
        id: connection,
        provider: adapter.name,
        terms: adapter.live.terms(config),
        vocabulary: { prefix: adapter.name, provider: adapter.name, mapping: vocabulary },
        staleAfterMs: config.staleAfter,
      },
    ]
  })
}
