import express, { type Express } from 'express'
import { PLAIN_STYLE } from '../web/kit/stylesheets.js'
import { buyerRoutes } from './buyers/routes.js'
import { callbackRoutes } from './callbacks/routes.js'
import { demandRoutes } from './demand/routes.js'
import type { ApiDependencies } from './dependencies.js'
import { click } from './entry/click.js'
import { financeRoutes } from './finance/routes.js'
import { limitRefusedArrivals } from './http/arrival-limit.js'
import { holdWrongKeys, panelOnly } from './http/auth.js'
import { refusePrefetch } from './http/browser-addresses.js'
import { browserErrors } from './http/browser-errors.js'
import { errorHandler, unknownRoute } from './http/errors.js'
import { jsonBody } from './http/json-body.js'
import { securityHeaders } from './http/security-headers.js'
import { opsRoutes } from './ops/routes.js'
import { sendAsset } from './pages/send-asset.js'
import { signInRoutes } from './pages/sign-in.js'
import { createSession } from './panel/create-session.js'
import { explain } from './panel/explain.js'
import { match } from './panel/match.js'
import { panelReadRoutes } from './panel/routes.js'
import { httpMetrics, publicRoutes } from './public/routes.js'
import { sessionRouterRoutes } from './router/routes.js'
import { supplierRoutes } from './suppliers/routes.js'
import { supplyRoutes } from './supply/routes.js'

/**
 * Twice the largest profile: text beyond ASCII may come with an escape for every character. Parsing costs by the byte.
 */
const MATCH_BODY = '128kb'

/** Mounts every HTTP route; one folder for each audience. */
export function createApp(deps: ApiDependencies): Express {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.set('query parser', 'simple')
  app.use(httpMetrics)

  app.use(securityHeaders(deps.publicUrl.startsWith('https:')))
  app.use(refusePrefetch)
  app.use(limitRefusedArrivals())

  // respondents and providers first: their requests must not pass through the middleware of pages and programs
  app.get('/e/:token', click(deps))
  app.use(callbackRoutes(deps))

  app.get(PLAIN_STYLE.path, sendAsset(PLAIN_STYLE))
  app.use(publicRoutes(deps))
  app.use(holdWrongKeys(deps.keys, deps.limiter))
  if (deps.sandboxUrl) {
    const demo = `${deps.sandboxUrl}/demo`
    app.get('/demo', (_request, response) => response.redirect(302, demo))
  }

  const panel = panelOnly(deps.keys, deps.limiter)
  app.post('/v1/surveys/match', panel, jsonBody(MATCH_BODY), match(deps))
  app.get('/v1/surveys/:survey_id/explain', panel, explain(deps))
  app.post('/v1/sessions', panel, jsonBody(), createSession(deps))
  app.use(panelReadRoutes(deps))
  // the gateway we offer: buyers, panels and survey platforms of the seeds, in the documents' own words
  app.use(demandRoutes(deps))
  app.use(supplyRoutes(deps))
  app.use(sessionRouterRoutes(deps))
  app.use(buyerRoutes(deps))
  app.use(supplierRoutes(deps))
  app.use(financeRoutes(deps))
  app.use(signInRoutes(deps))
  app.use(opsRoutes(deps))

  app.use(unknownRoute)
  app.use(browserErrors(deps.logger))
  app.use(errorHandler(deps.logger))
  return app
}
