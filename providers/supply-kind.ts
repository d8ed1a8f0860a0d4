import type { ConnectionBase } from '../platform/config/connection-base.js'
import type { ProviderAdapter } from './adapter.js'

/**
 * How surveys come: in a list that a loop polls; asked for, panelist by panelist, of a provider that matches on its own
 * side; or as plans that buyers launch here, where there is no provider to ask.
 */
export type SupplyKind = 'polled' | 'asked' | 'own'

/** How an upstream's surveys come, by what its adapter can do. */
export function supplyKindOf({ slots, feed }: Pick<ProviderAdapter<ConnectionBase>, 'slots' | 'feed'>): SupplyKind {
  if (slots !== undefined) return 'own'
  return feed === undefined ? 'asked' : 'polled'
}
