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

/** A page asks again by itself after so long. */
const AGAIN_SECONDS = 3

/**
 * Answers what a route threw where a person looks at the answer: a plain page with the same status. Mounted before the
 * handlers that answer programs, which get what is thrown at all other addresses.
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
    // what was sent by a form is not sent once more without its person
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

/** Express's own refusals (an escape that is broken, say) speak of requests; a person has a link. */
function wordsOf(error: unknown, problem: Problem): string {
  if (problem.status === 404) return 'Please go back to the app or the mail where you found it.'
  if (!(error instanceof Problem) && problem.status < 500) {
    return 'It may be damaged or out of date. You may close this page.'
  }
  return `${problem.detail}.`
}
