import type { RequestHandler } from 'express'
import { pauseConnection, resumeConnection } from '../../db/stores/connection-store.js'
import { endHold } from '../../db/stores/panelist-refresh-store.js'
import type { OperatorConfig } from '../../platform/config/schema.js'
import type { ApiDependencies } from '../dependencies.js'
import { notFound } from '../http/problem.js'
import { parseBody } from '../http/validate.js'
import { isPolled } from './connections.js'
import { tellPoller } from './poller-driver.js'
import { type ConnectionAction, type ConnectionActionAnswer, PauseRequest } from './schemas.js'

/**
 * `POST /v1/ops/connections/{id}/pause|resume|poll`: paused = not polled and not offered; `poll` polls once even then.
 * Answered once the connection's workflow has the message.
 */
export function connectionAction(deps: ApiDependencies, action: ConnectionAction): RequestHandler {
  return async (request, response) => {
    const operator = response.locals.operator as OperatorConfig
    const id = String(request.params.id)
    checkConfigured(deps, id)
    const given = action === 'pause' && request.body !== undefined ? parseBody(PauseRequest, request).reason : undefined
    await tellConnection(deps, operator, id, action, given)
    const answer: ConnectionActionAnswer = { id, requested: action }
    response.status(202).json(answer)
  }
}

/**
 * Tells a connection's poll loop what an operator wants.
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
  checkConfigured(deps, id)
  const why = reason ?? `paused by operator ${operator.id}`
  if (isPolled(deps, id)) await tellPoller(deps.temporal, id, action, why)
  else await noteAction(deps, id, action, why)
  deps.logger.info({ connection: id, action, operator: operator.id }, 'operator told a poll loop')
}

/** A connection that is asked about one panelist at a time has no loop: what counts is what PostgreSQL says. */
async function noteAction(deps: ApiDependencies, id: string, action: ConnectionAction, reason: string): Promise<void> {
  if (action === 'pause') await pauseConnection(deps.knex, id, reason, deps.clock())
  if (action === 'resume') await resumeConnection(deps.knex, id, deps.clock())
  // asked again at the next match, whatever kept it from being asked
  if (action !== 'pause') await endHold(deps.knex, id)
}

function checkConfigured(deps: ApiDependencies, id: string): void {
  if (!deps.config.connections.some((connection) => connection.id === id)) {
    throw notFound('There is no such connection in the configuration')
  }
}
