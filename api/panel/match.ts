import type { RequestHandler } from 'express'
import type { CatalogueQuery } from '../../catalogue/match-all.js'
import type { ApiDependencies } from '../dependencies.js'
import { keyOf, panelOf } from '../http/auth.js'
import { Problem } from '../http/problem.js'
import { parseBody } from '../http/validate.js'
import { unitsOfOffers } from '../http/work.js'
import { findOffers } from './find-offers.js'
import { MatchRequest } from './schemas.js'

/** `POST /v1/surveys/match`: which surveys suit this panelist now. */
export function match(deps: ApiDependencies): RequestHandler {
  return async (request, response) => {
    const body = parseBody(MatchRequest, request)
    const more = unitsOfOffers(body.limit)
    if (more > 0) deps.limiter.admit(keyOf(request) ?? '', more)
    if (!deps.catalogue.state().ready) {
      // an index that holds only part of the catalogue would give wrong answers
      throw new Problem(503, 'catalogue_loading', 'The catalogue is still being loaded', { retryAfterSeconds: 1 })
    }
    const panel = panelOf(response)
    const asked: CatalogueQuery[] = []
    const answer = await findOffers(deps, panel, body, undefined, (query) => {
      asked.push(query)
    })
    response.json(answer)
    for (const query of asked) deps.checks.consider(query, panel.id)
  }
}
