import type { Knex } from '../db/connect.js'
import type { RewardPolicy } from '../domain/reward.js'
import type { Logger } from '../platform/logger.js'
import type { FindUpstream } from '../providers/upstream.js'

/** The dependencies of the session activities; tests pass their own. */
export interface SessionDependencies {
  readonly knex: Knex
  readonly findUpstream: FindUpstream
  readonly clock: () => Date
  readonly takesPostbacks: (panel: string) => boolean
  /** Receives errors that an operator has to look at. */
  readonly logger?: Pick<Logger, 'error'>
  /** For a price that comes with the entry; null when the panel is no longer configured. */
  readonly rewardPolicy: (panel: string) => RewardPolicy | null
}
