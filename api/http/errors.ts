import type { ErrorRequestHandler, RequestHandler } from 'express'
import { isDatabaseAway, isUnstorableText } from '../../db/connect.js'
import type { Logger } from '../../platform/logger.js'
import { notFound, Problem, sendProblem } from './problem.js'

/** Answers requests that no route matched. */
export const unknownRoute: RequestHandler = () => {
  throw notFound('Address not found')
}

/** Answers every error of a route with problem+json: never a stack, HTML or a secret. */
export function errorHandler(logger: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    const problem = toProblem(error)
    if (problem.status >= 500)
      logger.error({ err: error, method: request.method, route: request.route?.path }, 'request failed')
    if (response.headersSent) return next(error)
    sendProblem(response, problem)
  }
}

/** Translates an error for the client. An unknown error is a 500 without details. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error
  if (isDatabaseAway(error)) {
    return new Problem(503, 'database_unavailable', 'Our database cannot be reached for the moment; try again', {
      retryAfterSeconds: 2,
    })
  }
  if (isUnstorableText(error)) {
    return new Problem(400, 'invalid_request', 'The request holds a NUL character or half a surrogate pair')
  }
  const { type, status } = (error ?? {}) as { type?: unknown; status?: unknown }
  if (type === 'entity.too.large') return new Problem(413, 'too_large', 'The body is larger than this address accepts')
  if (type === 'entity.parse.failed') return new Problem(400, 'invalid_json', 'The body is not valid JSON')
  if (type === 'encoding.unsupported' || type === 'charset.unsupported')
    return new Problem(415, 'unsupported_media_type', 'Send JSON in UTF-8')
  // express's own client errors, such as a path or query that cannot be decoded, or an aborted upload
  if (typeof status === 'number' && status >= 400 && status < 500)
    return new Problem(status, 'invalid_request', 'The request is malformed')
  return new Problem(500, 'internal_error', 'Internal error on our side; it is logged')
}
