import { createJanitorActivities } from '../activities/janitor.js'
import { createMatchingActivities } from '../activities/matching.js'
import { createPlanActivities } from '../activities/plans.js'
import { createPostbackActivities } from '../activities/postbacks.js'
import { createSessionActivities } from '../activities/sessions.js'
import { createSupplyActivities } from '../activities/supply.js'
import type { Knex } from '../db/connect.js'
import type { Logger } from '../platform/logger.js'
import type { TributaryConfig } from '../providers/connection-schemas.js'
import type { Http } from '../providers/http.js'
import type { FindUpstream } from '../providers/upstream.js'

export interface ActivityParts {
  readonly config: Pick<TributaryConfig, 'panels'>
  readonly knex: Knex
  /** The guarded HTTP client for adapters and postbacks. */
  readonly http: Http
  readonly findUpstream: FindUpstream
  readonly logger: Logger
  readonly clock: () => Date
}

/** Creates all activities, grouped by topic; the only place that does. */
export function createActivitySet(parts: ActivityParts) {
  const { knex, http, findUpstream, logger, clock } = parts
  const panels = new Map(parts.config.panels.map((panel) => [panel.id, panel]))
  return {
    supply: createSupplyActivities({ knex, findUpstream, logger, clock }),
    matching: createMatchingActivities({ knex, findUpstream, logger, clock }),
    janitor: createJanitorActivities({ knex, clock }),
    plans: createPlanActivities({ knex, clock }),
    sessions: createSessionActivities({
      knex,
      findUpstream,
      clock,
      logger,
      takesPostbacks: (panel) => (panels.get(panel)?.postback ?? null) !== null,
      rewardPolicy: (panel) => panels.get(panel)?.reward ?? null,
    }),
    postbacks: createPostbackActivities({
      knex,
      http,
      clock,
      endpoint: (panel) => panels.get(panel)?.postback ?? null,
    }),
  }
}

export type ActivitySet = ReturnType<typeof createActivitySet>
