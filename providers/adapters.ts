import type { ZodType } from 'zod'
import type { ConnectionBase } from '../platform/config/connection-base.js'
import type { ProviderAdapter } from './adapter.js'
import { type gatewayConnection, ownPlans } from './own-plans.js'
import * as adapters from './registry.js'

/** Who supplies surveys: the providers that can be configured, and buyers' own plans. */
export type ProviderName = keyof typeof adapters | typeof gatewayConnection.provider

/** The schema of every provider's connections, as the adapters have them: what `loadConfig` is given. */
export const connectionSchemas = schemasOf(adapters)

/** Refuses to compile when an adapter is listed under another name than its own. */
function schemasOf<Known extends { [Name in keyof Known]: { readonly name: Name; readonly config: ZodType } }>(
  known: Known,
) {
  // in one order wherever it runs: the names are listed in messages
  const entries = Object.entries<{ readonly config: ZodType }>(known).sort(([one], [other]) => (one < other ? -1 : 1))
  return Object.fromEntries(entries.map(([name, { config }]) => [name, config])) as {
    readonly [Name in keyof Known]: Known[Name]['config']
  }
}

const byName: ReadonlyMap<string, ProviderAdapter<ConnectionBase>> = new Map<string, ProviderAdapter<ConnectionBase>>([
  ...Object.entries(adapters),
  [ownPlans.name, ownPlans],
])

/**
 * The adapter of a provider. It takes the connections of that provider only: their own settings, as their schema gives them.
 * @param provider from configuration, or as a stored row names it
 * @returns undefined for a name that is not a provider's
 */
export function adapterOf(provider: ProviderName): ProviderAdapter<ConnectionBase>
export function adapterOf(provider: string): ProviderAdapter<ConnectionBase> | undefined
export function adapterOf(provider: string): ProviderAdapter<ConnectionBase> | undefined {
  return byName.get(provider)
}
