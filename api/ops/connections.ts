import type { RequestHandler } from 'express'
import { readConnectionOverview } from '../../db/read-models/connection-overview.js'
import type { SupplyKind } from '../../web/ops/ops-view.js'
import { pollWorkflowId } from '../../workflows/messages/poll.js'
import type { ApiDependencies } from '../dependencies.js'
import type { ConnectionsAnswer } from './schemas.js'
import type { TemporalUi } from './temporal-ui.js'

type Shown = ConnectionsAnswer['connections'][number]

/** `GET /v1/ops/connections`: how every configured connection's poll loop stands. */
export function listConnections(deps: ApiDependencies, temporalUi: TemporalUi): RequestHandler {
  return async (_request, response) => {
    const answer: ConnectionsAnswer = { connections: await connectionsStanding(deps, temporalUi) }
    response.json(answer)
  }
}

/** Every configured connection, in the configuration's order. */
export async function connectionsStanding(deps: ApiDependencies, temporalUi: TemporalUi): Promise<Shown[]> {
  const rows = new Map((await readConnectionOverview(deps.knex)).map((row) => [row.connection, row]))
  const now = deps.clock().getTime()
  return deps.config.connections.map(({ id, provider }): Shown => {
    const row = rows.get(id)
    const supply = supplyOf(deps, id)
    const workflowUrl =
      supply === 'polled' ? temporalUi.workflow(pollWorkflowId(id)) : temporalUi.search(`TributaryConnection = "${id}"`)
    // a connection that is new in the configuration has no row until its loop begins; our own plans wait for nothing
    const notYet = supply === 'own' ? 'healthy' : 'starting'
    if (row === undefined) return { ...NOT_STARTED, state: notYet, id, provider, workflow_url: workflowUrl }
    return {
      id,
      provider: row.provider,
      state: row.paused ? 'paused' : row.state === 'removed' || row.state === 'starting' ? notYet : row.state,
      reason: row.reason,
      last_success_at: row.lastSuccessAt?.toISOString() ?? null,
      fail_streak: row.failStreak,
      surveys_open: row.surveysOpen,
      lag_ms: row.lastSuccessAt === null ? null : Math.max(0, now - row.lastSuccessAt.getTime()),
      quarantined: row.quarantined,
      workflow_url: workflowUrl,
    }
  })
}

/**
 * How a connection's surveys come: in a list that a loop polls; asked for, panelist by panelist, of a provider that
 * matches on its own side; or as plans that buyers launch here, where there is nobody to ask.
 */
export function supplyOf({ findUpstream }: ApiDependencies, connection: string): SupplyKind {
  const adapter = findUpstream(connection)?.adapter
  if (adapter === undefined || adapter.fetchSupply !== undefined) return 'polled'
  return adapter.matchPanelist === undefined ? 'own' : 'asked'
}

const NOT_STARTED: Omit<Shown, 'id' | 'provider' | 'state' | 'workflow_url'> = {
  reason: null,
  last_success_at: null,
  fail_streak: 0,
  surveys_open: 0,
  lag_ms: null,
  quarantined: 0,
}
