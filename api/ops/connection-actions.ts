import type { RequestHandler } from 'express'
import {
  openConnection,
  pauseConnection,
  resumeConnection,
  settleConnection,
} from '../../db/stores/connection-store.js'
import { endHold } from '../../db/stores/panelist-refresh-store.js'
import { stampSoon } from '../../db/stores/stamp-soon.js'
import type { ConnectionBase } from '../../platform/config/connection-base.js'
import type { OperatorConfig } from '../../platform/config/schema.js'
import type { ApiDependencies } from '../dependencies.js'
import { notFound } from '../http/problem.js'
import { parseBody } from '../http/validate.js'
import { supplyOf } from './connections.js'
import { tellPoller } from './poller-driver.js'
import { type ConnectionAction, type ConnectionActionAnswer, PauseRequest } from './schemas.js'

/**
 * `POST /v1/ops/connections/{id}/pause|resume|poll`: paused = not polled and not offered; `poll` polls once even then.
 * Answered once the connection's workflow has the message, or PostgreSQL where it has none.
 */
export function connectionAction(deps: ApiDependencies, action: ConnectionAction): RequestHandler {
  return async (request, response) => {
    const operator = response.locals.operator as OperatorConfig
    const id = String(request.params.id)
    configured(deps, id)
    const given = action === 'pause' && request.body !== undefined ? parseBody(PauseRequest, request).reason : undefined
    await tellConnection(deps, operator, id, action, given)
    const answer: ConnectionActionAnswer = { id, requested: action }
    response.status(202).json(answer)
  }
}

/**
 * Tells a connection what an operator wants.
 * @param reason of a pause; without one it names the operator
 * @throws Problem 404 when it is not configured, 503 when its loop cannot be reached
 */
export async function tellConnection(
  deps: ApiDependencies,
  operator: OperatorConfig,
  id: string,
  action: ConnectionAction,
  reason?: string,
): Promise<void> {
  const connection = configured(deps, id)
  const why = reason ?? `paused by operator ${operator.id}`
  const supply = supplyOf(deps, id)
  if (supply === 'polled') await tellPoller(deps.temporal, id, action, why)
  else await noteAction(deps, connection, supply, action, why)
  deps.logger.info({ connection: id, action, operator: operator.id }, 'operator told a connection')
}

/**
 * A connection without a loop, because it is asked about one panelist at a time, or because its surveys are our buyers'
 * plans: what counts is what PostgreSQL says.
 */
async function noteAction(
  { knex, clock }: ApiDependencies,
  { id, provider }: ConnectionBase,
  supply: 'asked' | 'own',
  action: ConnectionAction,
  reason: string,
): Promise<void> {
  // a pause counts before any worker has made the row, too
  await openConnection(knex, { connection: id, provider })
  if (action === 'pause') return pauseConnection(knex, id, reason, clock())
  if (action === 'resume') await resumeConnection(knex, id, clock())
  if (supply === 'own') {
    await settleConnection(knex, id, clock())
    // the nearest to a poll: what is committed and not yet shown is shown now
    stampSoon(knex)
  } else {
    // asked again at the next match, whatever kept it from being asked
    await endHold(knex, id)
  }
}

/** @throws Problem 404 */
function configured(deps: ApiDependencies, id: string): ConnectionBase {
  const connection = deps.findUpstream(id)?.config
  if (connection === undefined) throw notFound('There is no such connection in the configuration')
  return connection
}
