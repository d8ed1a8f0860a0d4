import type { VocabularyMapping } from '../domain/mapping.js'
import type { TributaryConfig } from '../providers/connection-schemas.js'
import { type SupplyKind, supplyKindOf } from '../providers/supply-kind.js'
import { servedConnections as allServed } from '../providers/upstreams.js'

/** A connection as commands see it: the configured ones, and our own plans when there are buyers. */
export interface ServedConnection {
  readonly id: string
  readonly provider: string
  readonly supply: SupplyKind
  /** Milliseconds between polls; null = not polled. */
  readonly pollEveryMs: number | null
  /** Milliseconds without a good poll after which its surveys are not offered. */
  readonly staleAfter: number
  readonly vocabulary: VocabularyMapping
}

/** In the configuration's order; our own plans last. */
export function servedConnections(config: TributaryConfig): ServedConnection[] {
  return allServed(config).map(({ adapter, config: settings, vocabulary }): ServedConnection => {
    const { id, provider, staleAfter } = settings
    const pollEveryMs = adapter.feed?.pollEveryMs(settings) ?? null
    return { id, provider, supply: supplyKindOf(adapter), pollEveryMs, staleAfter, vocabulary }
  })
}
