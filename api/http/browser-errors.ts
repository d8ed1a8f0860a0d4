import type { ErrorRequestHandler } from 'express'
import type { Logger } from '../../platform/logger.js'
import { sendPage } from '../plain-page.js'
import { isBrowserAddress } from './browser-addresses.js'
import { toProblem } from './errors.js'
import { Problem } from './problem.js'

const TITLES: Readonly<Record<number, string>> = {
  400: 'This link cannot be used',
  403: 'This is not allowed',
  404: 'This link is not known',
  429: 'One moment, please',
  500: 'Something broke on our side',
  503: 'One moment, please',
}

/** A page reloads itself after this many seconds. */
const AGAIN_SECONDS = 3

/**
 * Answers errors at addresses for people with a plain page of the same status. Mounted before the handlers that answer
 * programs, which handle the errors of all other addresses.
 */
export function browserErrors(logger: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent || !isBrowserAddress(request)) return next(error)
    const problem = toProblem(error)
    if (problem.status >= 500 && problem.code !== 'database_unavailable') {
      logger.error({ err: error, method: request.method, route: request.route?.path }, 'request failed')
    }
    const wait = problem.more.retryAfterSeconds
    if (wait !== undefined) response.setHeader('Retry-After', String(Math.ceil(wait)))
    // the page does not repeat the POST of a form by itself
    const again = wait !== undefined && request.method === 'GET'
    sendPage(
      response,
      problem.status,
      TITLES[problem.status] ?? 'That is not possible',
      wordsOf(error, problem),
      again ? { after: Math.max(Math.ceil(wait), AGAIN_SECONDS), url: request.originalUrl } : undefined,
    )
  }
}

/** Words for a person, who has a link. Express's own errors (such as a broken escape) speak of requests. */
function wordsOf(error: unknown, problem: Problem): string {
  if (problem.status === 404) return 'Please go back to the app or the mail where you found it.'
  if (!(error instanceof Problem) && problem.status < 500) {
    return 'It may be damaged or out of date. You may close this page.'
  }
  return `${problem.detail}.`
}
