import { listUnknownWords, listUnplaced } from '../../db/read-models/arrival-doubts.js'
import { listDeadPostbacks } from '../../db/read-models/dead-postbacks.js'
import { listQuarantine } from '../../db/read-models/quarantine-list.js'
import { pageLink } from '../../web/kit/page-link.js'
import type { OpsView } from '../../web/ops/ops-view.js'
import { sessionWorkflowId } from '../../workflows/messages/session.js'
import type { ApiDependencies } from '../dependencies.js'
import { cursorOf } from '../panel/paging.js'
import { connectionsStanding, supplyOf } from './connections.js'
import { partsStanding } from './parts.js'
import { plansStanding } from './plans.js'
import { shown } from './quarantine.js'
import { savedViews } from './saved-views.js'
import type { OpsPageQuery } from './schemas.js'
import type { TemporalUi } from './temporal-ui.js'

const HEAD_BYTES = 600
const DEAD_SHOWN = 20
const QUARANTINE_SHOWN = 20
const PLANS_SHOWN = 20
const ARRIVALS_SHOWN = 50
const EVERY_PLAN = { demandPartner: null, status: null } as const

/** Reads everything that the operations page shows, except the notice of the last action. */
export async function readOpsView(
  deps: ApiDependencies,
  ui: TemporalUi,
  query: OpsPageQuery,
): Promise<Omit<OpsView, 'formToken' | 'notice' | 'alert'>> {
  const now = deps.clock()
  const filter = { connection: query.connection ?? null, state: 'open' } as const
  const [parts, connections, plans, records, dead, unknownWords, unplaced] = await Promise.all([
    partsStanding(deps),
    connectionsStanding(deps, ui),
    plansStanding(deps, ui, EVERY_PLAN, query.plans ?? null, PLANS_SHOWN),
    listQuarantine(deps.knex, filter, query.cursor ?? null, QUARANTINE_SHOWN, HEAD_BYTES),
    listDeadPostbacks(deps.knex, DEAD_SHOWN),
    listUnknownWords(deps.knex, ARRIVALS_SHOWN),
    listUnplaced(deps.knex, ARRIVALS_SHOWN),
  ])
  const cursor = cursorOf(records.next)
  return {
    now,
    parts,
    connections: connections.map((one) => ({
      id: one.id,
      provider: one.provider,
      supply: supplyOf(deps, one.id),
      state: one.state,
      reason: one.reason,
      lastSuccessAt: one.last_success_at === null ? null : new Date(one.last_success_at),
      failStreak: one.fail_streak,
      surveysOpen: one.surveys_open,
      quarantined: one.quarantined,
      workflowUrl: one.workflow_url,
    })),
    // without buyers the page has no section for plans
    plans: deps.config.demandPartners.length === 0 ? null : plans.rows,
    olderPlans: plans.nextCursor === null ? null : pageLink('/ops', { plans: plans.nextCursor }, 'plans'),
    savedViews: savedViews(
      ui,
      [...new Set(connections.map(({ provider }) => provider))],
      connections.some(({ id }) => supplyOf(deps, id) === 'own'),
      now,
    ),
    quarantine: records.rows.map((record) => {
      const cut = record.rawBytes > HEAD_BYTES
      return {
        id: record.quarantineId,
        connection: record.connection,
        providerSurveyId: record.providerSurveyId,
        reason: record.reason,
        rawHead: shown(record.raw, cut).raw,
        rawRest: cut ? record.rawBytes - HEAD_BYTES : 0,
        firstSeenAt: record.firstSeenAt,
        lastSeenAt: record.lastSeenAt,
        count: record.count,
      }
    }),
    quarantineOf: query.connection ?? null,
    newerQuarantine: query.cursor !== undefined,
    olderQuarantine: cursor === null ? null : pageLink('/ops', { connection: query.connection, cursor }, 'quarantine'),
    unknownWords,
    unplaced,
    deadPostbacks: dead.map(({ status, error, ...message }) => ({
      id: message.postbackId,
      panel: message.panel,
      sessionId: message.sessionId,
      type: message.type,
      createdAt: message.createdAt,
      attempts: message.attempts,
      lastFailure: status !== null ? `answered ${status}` : error,
      workflowUrl: ui.workflow(sessionWorkflowId(message.sessionId)),
    })),
  }
}
