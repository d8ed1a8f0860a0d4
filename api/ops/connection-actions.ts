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
    if (!deps.config.connections.some((connection) => connection.id === id)) {
      throw notFound('There is no such connection in the configuration')
    }
    const given = action === 'pause' && request.body !== undefined ? parseBody(PauseRequest, request).reason : undefined
    await tellPoller(deps.temporal, id, action, given ?? `paused by operator ${operator.id}`)
    deps.logger.info({ connection: id, action, operator: operator.id }, 'operator told a poll loop')
    const answer: ConnectionActionAnswer = { id, requested: action }
    response.status(202).json(answer)
  }
}
