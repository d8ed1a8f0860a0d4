import type { VocabularyMapping } from '../domain/mapping.js'
import type { TributaryConfig } from '../providers/connection-schemas.js'
import { gatewayConnection, ownPlans } from '../providers/own-plans.js'
import { adapterOf } from '../providers/registry.js'
import type { Upstream } from '../providers/upstream.js'

/** A connection as commands see it: the configured ones, and our own plans when there are buyers. */
export interface ServedConnection {
  readonly id: string
  readonly provider: string
  /**
   * How its surveys come: polled = from a list; asked = by a call for each panelist; own = plans that buyers launch
   * here; none = no adapter supports it.
   */
  readonly supply: 'polled' | 'asked' | 'own' | 'none'
  /** Milliseconds between polls; null = not polled, or the configuration has no pace for its provider. */
  readonly pollEveryMs: number | null
  /** Milliseconds without a good poll after which its surveys are not offered. */
  readonly staleAfter: number
  /** Null when no adapter supports it. */
  readonly vocabulary: VocabularyMapping | null
}

/** In the configuration's order; our own plans last. */
export function servedConnections(config: TributaryConfig): ServedConnection[] {
  const configured = config.connections.map((connection): ServedConnection => {
    const { id, provider, staleAfter } = connection
    const adapter = adapterOf(provider)
    const supply = adapter === undefined ? 'none' : adapter.fetchSupply === undefined ? 'asked' : 'polled'
    const vocabulary = config.attributeMappings.get(id) ?? adapter?.vocabulary ?? null
    const pollEveryMs =
      supply === 'polled' ? ((adapter as Upstream['adapter']).pollEveryMs?.(connection) ?? null) : null
    return { id, provider, supply, pollEveryMs, staleAfter, vocabulary }
  })
  if (config.demandPartners.length === 0) return configured
  const { id, provider, staleAfter } = gatewayConnection
  return [
    ...configured,
    { id, provider, supply: 'own', pollEveryMs: null, staleAfter, vocabulary: ownPlans.vocabulary },
  ]
}
