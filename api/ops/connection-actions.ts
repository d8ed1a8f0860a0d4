import type { RequestHandler } from 'express'
import type { OperatorConfig } from '../../platform/config/schema.js'
import type { ApiDependencies } from '../dependencies.js'
import { notFound } from '../http/problem.js'
import { parseBody } from '../http/validate.js'
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
  await tellPoller(deps.temporal, id, action, reason ?? `paused by operator ${operator.id}`)
  deps.logger.info({ connection: id, action, operator: operator.id }, 'operator told a poll loop')
}

function checkConfigured(deps: ApiDependencies, id: string): void {
  if (!deps.config.connections.some((connection) => connection.id === id)) {
    throw notFound('There is no such connection in the configuration')
  }
}
