import type { RequestHandler } from 'express'
import { noteConnectionAction } from '../../commands/supply/note-connection-action.js'
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
 * Answers after the connection's workflow has the message, or PostgreSQL where the connection has no workflow.
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
 * Sends an operator's action to a connection.
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
  else await noteConnectionAction(deps, { connection: id, provider: connection.provider, supply, action, reason: why })
  deps.logger.info({ connection: id, action, operator: operator.id }, 'operator changed a connection')
}

/** @throws Problem 404 */
function configured(deps: ApiDependencies, id: string): ConnectionBase {
  const connection = deps.findUpstream(id)?.config
  if (connection === undefined) throw notFound('Connection not found in the configuration')
  return connection
}
