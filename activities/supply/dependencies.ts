import type { Knex } from '../../db/connect.js'
import type { Logger } from '../../platform/logger.js'
import type { FindUpstream } from '../../providers/upstream.js'

/** The dependencies of polling; tests pass their own. */
export interface SupplyDependencies {
  readonly knex: Knex
  readonly findUpstream: FindUpstream
  readonly clock: () => Date
  readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>
}
