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

/** What was left behind by a crash, or while Temporal was away. Ids and plain facts only. */
export interface LeftBehind {
  readonly sessions: readonly ReturnType<typeof factsToShow>[]
  readonly claims: readonly PendingClaim[]
  readonly postbacks: readonly {
    readonly postbackId: string
    readonly redelivery: number
    /** Absent in what earlier versions found. */
    readonly sessionId?: string
  }[]
  /** Survey plans in their fielding without a workflow. (Absent in rounds of earlier versions, as what follows.) */
  readonly plans?: readonly PlanFacts[]
  /** Survey plans that are over and whose workflow has not heard of it. */
  readonly closedPlans?: readonly PlanFacts[]
  /** Changes of the catalogue that their writers had left unstamped. */
  readonly stamped?: number
}

export type JanitorActivities = ReturnType<typeof createJanitorActivities>

/** Younger than this, whoever made it is still at it. */
const SETTLING_MS = 8_000
/** The update-with-start of a create may take ten seconds. */
const STARTING_MS = 12_000
const BATCH = 200
const DELIVERY_LEASE_MS = 15 * 60_000

/** Finds and cleans up abandoned rows. Starting workflows is left to the janitor workflow. */
export function createJanitorActivities(deps: { readonly knex: Knex; readonly clock: () => Date }) {
  const before = (ms: number) => new Date(deps.clock().getTime() - ms)
  return {
    /** Finds what nobody takes care of. Pending postbacks are taken over, and changes stamped, in the same breath. */
    async findLeftBehind(): Promise<LeftBehind> {
      // its heartbeat: that Temporal, a worker and PostgreSQL work together, for nothing else comes this far
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
        // so that no reader of the ledger finds a month's postings to number
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

    /** Next months' partitions, and deletes what is past its time. One process at a time. */
    tidy: (): Promise<{ partitions: number; keys: number; matches?: number; plans?: number }> => tidy(deps),
  }
}
