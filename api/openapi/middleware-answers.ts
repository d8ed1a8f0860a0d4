import { z } from 'zod'
import { BuyerErrorAnswer } from '../buyers/error-schemas.js'
import { ProblemAnswer } from '../panel/schemas.js'
import { SupplierFailure } from '../suppliers/schemas.js'
import { GatewayErrorAnswer, GatewayValidationAnswer } from './gateway-answers.js'
import type { Answer, ErrorWords, Operation } from './operation.js'

const DESCRIPTIONS: Readonly<Record<number, string>> = {
  400: 'The request is malformed; the answer names every invalid field',
  401: 'No key, or an unknown key',
  403: 'Another kind of key, or a role that the operator lacks',
  413: 'The body is larger than this address accepts',
  415: 'The body is not application/json, or has an unsupported encoding',
  429: 'The key exceeds its rate limit; see Retry-After',
  500: 'Internal error on our side; it is logged',
  503: 'PostgreSQL cannot be reached; see Retry-After',
}

/** At the gateway's, suppliers' and buyers' routes, a key of another kind is 401. */
const ONE_KIND_OF_KEY = 'The key is missing or unknown, or belongs to another kind of client'

const PAGE = { schema: z.string(), contentType: 'text/html' }
const PROBLEM = { schema: ProblemAnswer, contentType: 'application/problem+json' }

/** The body of an error of this status in these words. */
export function errorBody(words: ErrorWords, status: number): Omit<Answer, 'description'> {
  switch (words) {
    case 'gateway':
      return { schema: status === 400 ? GatewayValidationAnswer : GatewayErrorAnswer }
    case 'buyer':
      return { schema: BuyerErrorAnswer }
    case 'supplier':
      return { schema: SupplierFailure }
    case 'page':
      return PAGE
    case 'problem':
      return PROBLEM
  }
}

/**
 * The errors of the middleware in front of a route: keys, limits, bodies that cannot be read, addresses that cannot be
 * decoded, PostgreSQL away, an internal error.
 */
export function middlewareAnswers(operation: Operation): Record<number, Answer> {
  const { errors: words = 'problem', audience, body, params, query } = operation
  const keyed = audience !== 'anyone'
  const statuses = [
    ...(keyed ? [401, 429, 503] : []),
    ...(keyed && words === 'problem' ? [403] : []),
    ...(body === undefined ? [] : [400, 413, 415]),
    ...(params === undefined && query === undefined ? [] : [400]),
    ...(words === 'page' ? [503] : []),
    500,
  ]
  return Object.fromEntries(
    statuses.map((status) => {
      const description = status === 401 && words !== 'problem' ? ONE_KIND_OF_KEY : (DESCRIPTIONS[status] ?? '')
      return [status, { description, ...errorBody(words, status) }]
    }),
  )
}
