import { tidy } from '../commands/housekeeping/tidy.js'
import type { Knex } from '../db/connect.js'
import { findUndrivenPlans, findUntoldClosures, type PlanFacts } from '../db/read-models/plan-facts.js'
import { factsToShow } from '../db/rows/session-row.js'
import { findPendingClaims, type PendingClaim } from '../db/stores/claim-store.js'
import { beat, pruneHeartbeats } from '../db/stores/heartbeat-store.js'
import { numberPostings } from '../db/stores/ledger-numbers.js'
import { adoptPendingPostbacks } from '../db/stores/postback-store.js'
import { findUnstartedSessions } from '../db/stores/session-store.js'
import { stampRevisions } from '../db/stores/stamper.js'

/** Rows that a crash, or an outage of Temporal, abandoned. Ids and plain facts only. */
export interface LeftBehind {
  readonly sessions: readonly ReturnType<typeof factsToShow>[]
  readonly claims: readonly PendingClaim[]
  readonly postbacks: readonly {
    readonly postbackId: string
    readonly redelivery: number
    /** Absent in results of earlier versions. */
    readonly sessionId?: string
  }[]
  /**
   * Survey plans that are being fielded and have no workflow. (Absent in results of earlier versions, like the
   * following.)
   */
  readonly plans?: readonly PlanFacts[]
  /** Survey plans that are over and whose workflow was not signalled. */
  readonly closedPlans?: readonly PlanFacts[]
  /** Changes of the catalogue that their writers left unstamped. */
  readonly stamped?: number
}

export type JanitorActivities = ReturnType<typeof createJanitorActivities>

/** Skip rows younger than this: their process is still working on them. */
const SETTLING_MS = 8_000
/** The update-with-start of a create may take ten seconds. */
const STARTING_MS = 12_000
const BATCH = 200
const DELIVERY_LEASE_MS = 15 * 60_000

/** Finds and cleans up abandoned rows. The janitor workflow starts what they need. */
export function createJanitorActivities(deps: { readonly knex: Knex; readonly clock: () => Date }) {
  const before = (ms: number) => new Date(deps.clock().getTime() - ms)
  return {
    /** Finds abandoned rows. Also takes over pending postbacks and stamps changes. */
    async findLeftBehind(): Promise<LeftBehind> {
      // the heartbeat of Temporal, a worker and PostgreSQL together, because only a round that uses all three gets here
      await beat(deps.knex, { part: 'janitor', process: 'janitor', queues: [] })
      await pruneHeartbeats(deps.knex)
      const now = deps.clock()
      const [sessions, claims, postbacks, plans, closedPlans, { stamped }] = await Promise.all([
        findUnstartedSessions(deps.knex, before(STARTING_MS), BATCH),
        findPendingClaims(deps.knex, before(SETTLING_MS), BATCH),
        adoptPendingPostbacks(deps.knex, now, new Date(now.getTime() + DELIVERY_LEASE_MS), BATCH),
        findUndrivenPlans(deps.knex, before(SETTLING_MS), BATCH),
        findUntoldClosures(deps.knex, before(SETTLING_MS), BATCH),
        stampRevisions(deps.knex),
        // so that no reader of the ledger has to number a month's postings
        numberPostings(deps.knex),
      ])
      return {
        sessions: sessions.map(factsToShow),
        claims,
        postbacks: postbacks.map(({ postbackId, sessionId, redeliveries }) => ({
          postbackId,
          sessionId,
          redelivery: redeliveries,
        })),
        plans,
        closedPlans,
        stamped,
      }
    },

    /** Creates next months' partitions and deletes expired rows. One process at a time. */
    tidy: (): Promise<{ partitions: number; keys: number; matches?: number; plans?: number }> => tidy(deps),
  }
}
