import type { RequestHandler } from 'express'
import { type ConnectionOverview, readConnectionOverview } from '../../db/read-models/connection-overview.js'
import { readHeardParts } from '../../db/read-models/heard-parts.js'
import {
  DEFAULT_POLL_EVERY_MS,
  type Heard,
  heardConnection,
  silentWorker,
  WORKER_SILENT_MS,
} from '../../domain/heard.js'
import { entryQueue, supplyQueue } from '../../domain/task-queues.js'
import { type SupplyKind, supplyKindOf } from '../../providers/supply-kind.js'
import { pollWorkflowId } from '../../workflows/messages/poll.js'
import type { ApiDependencies } from '../dependencies.js'
import type { ConnectionsAnswer } from './schemas.js'
import type { TemporalUi } from './temporal-ui.js'

type Shown = ConnectionsAnswer['connections'][number]

/** `GET /v1/ops/connections`: the state of every configured connection and its poll loop. */
export function listConnections(deps: ApiDependencies, temporalUi: TemporalUi): RequestHandler {
  return async (_request, response) => {
    const answer: ConnectionsAnswer = { connections: await connectionsStanding(deps, temporalUi) }
    response.json(answer)
  }
}

/** Every configured connection, in the configuration's order. */
export async function connectionsStanding(deps: ApiDependencies, temporalUi: TemporalUi): Promise<Shown[]> {
  const [overview, heard] = await Promise.all([readConnectionOverview(deps.knex), readHeardParts(deps.knex)])
  const rows = new Map(overview.map((row) => [row.connection, row]))
  const now = deps.clock()
  return deps.config.connections.map(({ id, provider }): Shown => {
    const row = rows.get(id)
    const supply = supplyOf(deps, id)
    const workflowUrl =
      supply === 'polled' ? temporalUi.workflow(pollWorkflowId(id)) : temporalUi.search(`TributaryConnection = "${id}"`)
    // a connection that is new in the configuration has no row until its loop starts; our own plans have no loop
    const notYet = supply === 'own' ? 'healthy' : 'starting'
    if (row === undefined) return { ...NOT_STARTED, state: notYet, id, provider, workflow_url: workflowUrl }
    return {
      id,
      provider: row.provider,
      ...standingOf(deps, row, heard.queues, now),
      last_success_at: row.lastSuccessAt?.toISOString() ?? null,
      fail_streak: row.failStreak,
      surveys_open: row.surveysOpen,
      lag_ms: row.lastSuccessAt === null ? null : Math.max(0, now.getTime() - row.lastSuccessAt.getTime()),
      quarantined: row.quarantined,
      workflow_url: workflowUrl,
    }
  })
}

/**
 * The state of a polled connection, by its last heartbeat: a silent poll loop cannot report its own silence, so its
 * last reported state expires after five poll intervals.
 * @param queues milliseconds since the last heartbeat of a worker, by queue
 */
export function heardStanding(
  deps: Pick<ApiDependencies, 'findUpstream'>,
  row: ConnectionOverview,
  queues: ReadonlyMap<string, number>,
  now: Date,
): Heard {
  const upstream = deps.findUpstream(row.connection)
  const every = upstream?.adapter.feed?.pollEveryMs(upstream.config) ?? DEFAULT_POLL_EVERY_MS
  return heardConnection(row, every, queues.get(supplyQueue(row.connection)) ?? null, now)
}

/**
 * The state of any connection. A connection with one call for each panelist has no poll loop, but it needs a worker on
 * its queue for these calls and for entries.
 */
export function standingOf(
  deps: Pick<ApiDependencies, 'findUpstream'>,
  row: ConnectionOverview,
  queues: ReadonlyMap<string, number>,
  now: Date,
): Pick<Shown, 'state' | 'reason'> {
  const supply = supplyOf(deps, row.connection)
  if (supply === 'polled') {
    const { state, reason } = heardStanding(deps, row, queues, now)
    return { state, reason }
  }
  if (row.paused) return { state: 'paused', reason: row.reason }
  const queue = entryQueue(row.connection)
  const silentMs = queues.get(queue) ?? 0
  if (supply === 'asked' && silentMs > WORKER_SILENT_MS)
    return { state: 'degraded', reason: silentWorker(queue, silentMs) }
  const notYet = supply === 'own' ? 'healthy' : 'starting'
  const own = row.state === 'removed' || row.state === 'starting' ? notYet : row.state
  return { state: own, reason: row.reason }
}

/** How we get a connection's surveys; a connection that left the configuration is assumed to be polled. */
export function supplyOf({ findUpstream }: Pick<ApiDependencies, 'findUpstream'>, connection: string): SupplyKind {
  const upstream = findUpstream(connection)
  return upstream === null ? 'polled' : supplyKindOf(upstream.adapter)
}

const NOT_STARTED: Omit<Shown, 'id' | 'provider' | 'state' | 'workflow_url'> = {
  reason: null,
  last_success_at: null,
  fail_streak: 0,
  surveys_open: 0,
  lag_ms: null,
  quarantined: 0,
}
