import type { ErrorRequestHandler } from 'express'
import type { Logger } from '../../platform/logger.js'
import { toProblem } from '../http/errors.js'
import type { FieldFault } from '../http/problem.js'

/** An error in the PureSpectrum Buy API's words: `{ps_api_response_code, ps_api_response_message}`. */
export class BuyerError extends Error {
  override readonly name = 'BuyerError'
  constructor(
    readonly status: number,
    readonly code: number,
    message: string,
    /** For a 400: every fault of the request, in addition to the document's two members. */
    readonly errors: readonly FieldFault[] = [],
  ) {
    super(message)
  }
}

/**
 * The codes. 1006, 1014 and 1018 are the document's; the others are ours, because the document shows no answer to a
 * malformed request, to a bad key or to an unknown survey.
 */
const CODES = {
  malformed: 1001,
  unauthorized: 1002,
  noSurvey: 1003,
  noTemplate: 1006,
  notThat: 1014,
  off: 1018,
} as const

export const featureOff = (): BuyerError =>
  new BuyerError(
    403,
    CODES.off,
    'You do not have the template feature activated. Please ask your PureSpectrum reference to activate it in order to use a template in a survey.',
  )

/** The same error for a template that does not exist and for one that this buyer may not use. */
export const noTemplate = (): BuyerError =>
  new BuyerError(404, CODES.noTemplate, 'Template Id does not exist. Please try a different Template id again.')

export const anotherTemplate = (): BuyerError =>
  new BuyerError(
    400,
    CODES.notThat,
    'You can only apply one template to a survey. Please consider creating a new survey to use this template.',
  )

export const templateTooLate = (): BuyerError =>
  new BuyerError(400, CODES.notThat, 'Template Id cannot be applied. Create a new survey to use this template.')

export const noSurvey = (): BuyerError =>
  new BuyerError(404, CODES.noSurvey, 'Survey Id does not exist. Please try a different Survey id again.')

/** The 400 which lists every fault. */
export function malformed(errors: readonly FieldFault[]): BuyerError {
  const [first] = errors
  const summary = first === undefined ? 'The request is malformed' : `${first.field || 'body'}: ${first.message}`
  return new BuyerError(400, CODES.malformed, summary, errors)
}

/** Answers every error of a route of the PureSpectrum Buy API in the API's words. */
export function buyerErrors(logger: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) return next(error)
    const known =
      error instanceof BuyerError
        ? error
        : fromProblem(
            error,
            (broken) => {
              logger.error({ err: broken, method: request.method, route: request.route?.path }, 'request failed')
            },
            (seconds) => response.setHeader('Retry-After', String(Math.ceil(seconds))),
          )
    response.status(known.status).json({
      ps_api_response_code: known.code,
      ps_api_response_message: known.message,
      ...(known.errors.length === 0 ? {} : { errors: known.errors }),
    })
  }
}

function fromProblem(
  error: unknown,
  report: (broken: unknown) => void,
  retryAfter: (seconds: number) => void,
): BuyerError {
  const problem = toProblem(error)
  if (problem.status >= 500) report(error)
  if (problem.more.retryAfterSeconds !== undefined) retryAfter(problem.more.retryAfterSeconds)
  return new BuyerError(problem.status, codeOf(problem.status), problem.message, problem.more.errors)
}

/** Our code for this status; the HTTP status itself where we have none. */
function codeOf(status: number): number {
  if (status === 400) return CODES.malformed
  return status === 401 ? CODES.unauthorized : status
}
