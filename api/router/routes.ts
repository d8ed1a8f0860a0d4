import { Router } from 'express'
import type { ApiDependencies } from '../dependencies.js'
import { gatewayErrors } from '../http/gateway-errors.js'

/** Seed 000. */
export function sessionRouterRoutes(deps: ApiDependencies): Router {
  const router = Router({ caseSensitive: true })
  router.use(gatewayErrors(deps.logger))
  return router
}
