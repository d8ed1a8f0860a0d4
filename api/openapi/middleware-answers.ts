import { z } from 'zod'
import { BuyerErrorAnswer } from '../buyers/error-schemas.js'
import { ProblemAnswer } from '../panel/schemas.js'
import { SupplierFailure } from '../suppliers/schemas.js'
import { GatewayErrorAnswer, GatewayValidationAnswer } from './gateway-answers.js'
import type { Answer, ErrorWords, Operation } from './operation.js'

const DESCRIPTIONS: Readonly<Record<number, string>> = {
  400: 'The request is malformed; every field that is wrong is named',
  401: 'No key, or a key that is not known',
  403: 'Another kind of key, or a role that the operator lacks',
  413: 'The body is larger than this address takes',
  415: 'The body is not application/json, or is in an encoding that is not read here',
  429: 'More requests than the key may send; see Retry-After',
  500: 'Something broke on our side; it is logged',
  503: 'PostgreSQL cannot be reached; see Retry-After',
}

/** On the gateway and in the suppliers' and buyers' words, a key of another kind is 401. */
const ONE_KIND_OF_KEY = 'The key is missing or not known, or belongs to another kind of client'

const PAGE = { schema: z.string(), contentType: 'text/html' }
const PROBLEM = { schema: ProblemAnswer, contentType: 'application/problem+json' }

/** How an error of this status is written in these words. */
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
 * What the middleware in front of a route can answer, whatever the route itself does: keys, limits, bodies that cannot be
 * read, addresses that cannot be decoded, PostgreSQL away, a fault of ours.
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
