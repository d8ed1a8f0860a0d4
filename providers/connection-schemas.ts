import type { ConnectionOf } from '../platform/config/connection-base.js'
import type { Config } from '../platform/config/load.js'
import type { connectionSchemas } from './adapters.js'

export { connectionSchemas } from './adapters.js'

/** Any connection; `provider` discriminates. */
export type ConnectionConfig = ConnectionOf<typeof connectionSchemas>
/** The whole configuration with its connections fully typed. */
export type TributaryConfig = Config<ConnectionConfig>
