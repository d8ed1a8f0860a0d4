import type { ProviderAdapter } from '../../providers/adapter.js'

/** The connection type of an adapter. */
export type ConfigOf<Adapter> = Adapter extends ProviderAdapter<infer Config> ? Config : never
