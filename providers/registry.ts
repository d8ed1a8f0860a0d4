import type { ProviderAdapter, ProviderName } from './adapter.js'
import { dynata } from './dynata/index.js'
import { kantar } from './kantar/index.js'
import { purespectrum } from './purespectrum/index.js'
import { toluna } from './toluna/index.js'

/** Every upstream this program speaks to. Adding one adds one line here, and one in `connection-schemas.ts`. */
const adapters = { dynata, kantar, purespectrum, toluna }

/** The adapters that exist, each with the type of its own connection. */
export type Adapters = typeof adapters

/** One configured connection of a provider that is served. */
export type ServedConnection = Parameters<Adapters[keyof Adapters]['openEntry']>[0]['config']

/**
 * The adapter of a provider, for connections of that provider only.
 * @returns undefined for a provider that the configuration knows and this version does not serve yet
 */
export function adapterOf(provider: ProviderName): ProviderAdapter<ServedConnection> | undefined {
  return Object.hasOwn(adapters, provider) ? adapters[provider as keyof Adapters] : undefined
}
