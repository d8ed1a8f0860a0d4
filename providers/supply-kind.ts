import type { ConnectionBase } from '../platform/config/connection-base.js'
import type { ProviderAdapter } from './adapter.js'

/**
 * How surveys come: in a list that a loop polls; one panelist at a time, from a provider that matches on its own side;
 * or as plans that buyers launch here, without a provider.
 */
export type SupplyKind = 'polled' | 'asked' | 'own'

/** How an upstream's surveys come, by the groups of its adapter. */
export function supplyKindOf({ slots, feed }: Pick<ProviderAdapter<ConnectionBase>, 'slots' | 'feed'>): SupplyKind {
  if (slots !== undefined) return 'own'
  return feed === undefined ? 'asked' : 'polled'
}
