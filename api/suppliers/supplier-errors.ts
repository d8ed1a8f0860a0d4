import type { ErrorRequestHandler } from 'express'
import type { Logger } from '../../platform/logger.js'
import { toProblem } from '../http/errors.js'

/**
 * Answers an error of a supplier's route as the PureSpectrum Supply API's documents do: `{apiStatus: "failure",
 * msg}`, never problem+json.
 */
export function supplierErrors(logger: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) return next(error)
    const problem = toProblem(error)
    if (problem.status >= 500) {
      logger.error({ err: error, method: request.method, route: request.route?.path }, 'request failed')
    }
    const wait = problem.more.retryAfterSeconds
    if (wait !== undefined) response.setHeader('Retry-After', String(Math.ceil(wait)))
    const faults = (problem.more.errors ?? []).map(({ field, message }) => `${field}: ${message}`)
    response.status(problem.status).json({ apiStatus: 'failure', msg: faults.join('; ') || problem.message })
  }
}
