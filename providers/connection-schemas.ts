import type { ConnectionOf } from '../platform/config/connection-base.js'
import type { Config } from '../platform/config/load.js'
import { dynataConnection } from './dynata/config.js'
import { kantarConnection } from './kantar/config.js'
import { purespectrumConnection } from './purespectrum/config.js'
import { tolunaConnection } from './toluna/config.js'

/** The schema of every provider's connections: what `loadConfig` is given. A new provider adds its line here. */
export const connectionSchemas = {
  kantar: kantarConnection,
  toluna: tolunaConnection,
  purespectrum: purespectrumConnection,
  dynata: dynataConnection,
} as const

/** Any connection, told apart by `provider`. */
export type ConnectionConfig = ConnectionOf<typeof connectionSchemas>
/** The whole configuration with its connections fully typed. */
export type TributaryConfig = Config<ConnectionConfig>
