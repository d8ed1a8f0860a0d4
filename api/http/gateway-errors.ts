import type { ErrorRequestHandler, Response } from 'express'
import type { Logger } from '../../platform/logger.js'
import { toProblem } from './errors.js'
import type { Problem } from './problem.js'

/** One fault of a request (Kantar Gateway API, ValidationErrorDetail). */
export interface GatewayFault {
  /** The broken constraint: `required`, `type`, `enum`, `format`, `minimum`, `unknown`, `unique`, `exists` ... */
  readonly constraint: string
  /** Path of the field, such as `quotas[0].qualifications[1].question_id`; '' = the body. */
  readonly field: string
  readonly message: string
}

/** 400 ValidationError of the Kantar Gateway API: every fault of the request, not only the first. */
export class GatewayValidationError extends Error {
  override readonly name = 'GatewayValidationError'
  constructor(
    readonly details: readonly GatewayFault[],
    message = `${details.length} ${details.length === 1 ? 'fault' : 'faults'} in the request`,
  ) {
    super(message)
  }
}

/** The 400 for a single fault. */
export function fault(constraint: string, field: string, message: string): GatewayValidationError {
  return new GatewayValidationError([{ constraint, field, message }])
}

/**
 * Answers every error of a route of the gateway in the document's own schemas: Error, or ValidationError with its
 * details; never problem+json (docs/api.md, What goes wrong). The code is the HTTP status as text (Kantar Gateway API:
 * string(int32)).
 */
export function gatewayErrors(logger: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) return next(error)
    if (error instanceof GatewayValidationError) return sendValidation(response, error.message, error.details)
    const problem = toProblem(error)
    if (problem.status >= 500) {
      logger.error({ err: error, method: request.method, route: request.route?.path }, 'request failed')
    }
    const wait = problem.more.retryAfterSeconds
    if (wait !== undefined) response.setHeader('Retry-After', String(Math.ceil(wait)))
    if (problem.status === 400) return sendValidation(response, problem.message, faultsOf(problem))
    response.status(problem.status).json({ code: String(problem.status), message: problem.message, success: false })
  }
}

function sendValidation(response: Response, message: string, details: readonly GatewayFault[]): void {
  response.status(400).json({ code: '400', message, details })
}

function faultsOf(problem: Problem): GatewayFault[] {
  const faults = problem.more.errors ?? []
  if (faults.length === 0) return [{ constraint: problem.code, field: '', message: problem.message }]
  return faults.map(({ field, message }) => ({ constraint: problem.code, field, message }))
}
