import type { RequestHandler } from 'express'
import type { ApiDependencies } from '../dependencies.js'
import { keyOf, knownCaller } from '../http/auth.js'
import { Problem } from '../http/problem.js'
import { unitsOfBody } from '../http/work.js'

/**
 * Accepts only demand partners' keys at a /v1 route: 401 without a known key and 403 for another kind, both
 * problem+json, as at every other /v1 route (docs/api.md, Keys). Puts the partner into `response.locals.partner`.
 */
export function partnerOnly({ keys, limiter }: Pick<ApiDependencies, 'keys' | 'limiter'>): RequestHandler {
  return (request, response, next) => {
    const key = keyOf(request)
    if (key === null) throw new Problem(401, 'no_key', 'Send your API key as x-api-key or Authorization: Bearer')
    const caller = knownCaller(keys, limiter, request, key)
    limiter.admit(key, unitsOfBody(request))
    if (caller.kind !== 'demand_partner') {
      throw new Problem(403, 'wrong_key', "This address is for demand partners: use a demand partner's API key")
    }
    response.locals.partner = caller.partner
    next()
  }
}
