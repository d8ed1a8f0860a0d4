import type { ZodType } from 'zod'
import type { ConnectionBase } from '../platform/config/connection-base.js'
import type { ProviderAdapter } from './adapter.js'
import { type gatewayConnection, ownPlans } from './own-plans.js'
import * as adapters from './registry.js'

/** The sources of surveys: the providers that can be configured, and buyers' own plans. */
export type ProviderName = keyof typeof adapters | typeof gatewayConnection.provider

/** The schema of every provider's connections, from the adapters: the argument of `loadConfig`. */
export const connectionSchemas = schemasOf(adapters)

/** Does not compile when an adapter is listed under another name than its own. */
function schemasOf<Known extends { [Name in keyof Known]: { readonly name: Name; readonly config: ZodType } }>(
  known: Known,
) {
  // one order on every machine, because messages list the names
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
 * The adapter of a provider. Pass it connections of that provider only, parsed by its schema.
 * @param provider from configuration, or as a stored row names it
 * @returns undefined for a name that is not a provider
 */
export function adapterOf(provider: ProviderName): ProviderAdapter<ConnectionBase>
export function adapterOf(provider: string): ProviderAdapter<ConnectionBase> | undefined
export function adapterOf(provider: string): ProviderAdapter<ConnectionBase> | undefined {
  return byName.get(provider)
}
