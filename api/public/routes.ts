import { Router } from 'express'
import type { ApiDependencies } from '../dependencies.js'
import { docsRoutes } from './docs.js'
import { health, readiness } from './health.js'
import { metrics } from './metrics.js'

export { httpMetrics } from './http-metrics.js'

/** How long a verifier may cache our public key. A new key is published with the old one for the tokens' lifetime. */
const JWKS_MAX_AGE_SECONDS = 300

/** The routes that need no key. */
export function publicRoutes(deps: ApiDependencies): Router {
  const router = Router({ caseSensitive: true })
  router.get('/healthz', health)
  router.get('/readyz', readiness(deps))
  router.get('/metrics', metrics(deps))
  router.get('/.well-known/jwks.json', (_request, response) => {
    response.setHeader('Cache-Control', `public, max-age=${JWKS_MAX_AGE_SECONDS}`)
    response.json(deps.signer.publicJwks())
  })
  router.use(docsRoutes(deps))
  return router
}
