import type { Knex } from '../db/connect.js'
import type { Config } from '../platform/config/load.js'
import type { PanelConfig } from '../platform/config/panel-schema.js'
import type { Logger } from '../platform/logger.js'
import type { PanelSigner } from './panel-redirect.js'
import type { SessionDriver } from './session-driver.js'

/** What the routes are made of; put together once in `api/main.ts`, and by tests with their own parts. */
export interface ApiDependencies {
  readonly config: Config
  /** By id. */
  readonly panels: ReadonlyMap<string, PanelConfig>
  readonly knex: Knex
  readonly clock: () => Date
  readonly logger: Logger
  /** Without a trailing slash. */
  readonly publicUrl: string
  readonly signer: PanelSigner
  readonly sessions: SessionDriver
}
