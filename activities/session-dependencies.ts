import type { Knex } from '../db/connect.js'
import type { RewardPolicy } from '../domain/reward.js'
import type { Logger } from '../platform/logger.js'
import type { FindUpstream } from '../providers/upstream.js'

/** What the session activities are made of; passed in, so that tests pass their own. */
export interface SessionDependencies {
  readonly knex: Knex
  readonly findUpstream: FindUpstream
  readonly clock: () => Date
  readonly takesPostbacks: (panel: string) => boolean
  /** Told of what an operator has to look at. */
  readonly logger?: Pick<Logger, 'error'>
  /** For a price that comes with the entry; null when the panel is gone from configuration. */
  readonly rewardPolicy: (panel: string) => RewardPolicy | null
}
