import { Router } from 'express'
import type { ApiDependencies } from '../dependencies.js'
import { unknownRoute } from '../http/errors.js'
import { clientOnly, supplierOf } from '../http/gateway-auth.js'
import { gatewayErrors } from '../http/gateway-errors.js'
import { jsonBody } from '../http/json-body.js'
import { acknowledge } from './ack.js'
import { Feed } from './feed.js'

/** The feed that panels poll and acknowledge (Kantar Gateway API, Supply API; docs/feed.md). */
export function supplyRoutes(deps: ApiDependencies): Router {
  const router = Router({ caseSensitive: true })
  const panel = clientOnly('panel', deps)
  const feed = new Feed(deps)
  router.get('/surveys', panel, async (_request, response) => {
    const answer = await feed.poll(supplierOf(response), deps.clock())
    response.setHeader('Content-Type', 'application/json; charset=utf-8')
    response.setHeader('Cache-Control', 'no-store')
    response.end(answer)
  })
  router.post('/surveys/ack', panel, jsonBody(), acknowledge(deps))
  // answers unknown routes and wrong methods at these addresses in the document's format too
  router.use('/surveys', unknownRoute)
  router.use(gatewayErrors(deps.logger))
  return router
}
