import { Router } from 'express'
import type { ApiDependencies } from '../dependencies.js'
import { startSurvey } from '../entry/click.js'
import { browserErrors } from '../http/browser-errors.js'
import { unknownRoute } from '../http/errors.js'
import { clientOnly } from '../http/gateway-auth.js'
import { gatewayErrors } from '../http/gateway-errors.js'
import { jsonBody } from '../http/json-body.js'
import { browserOutcome, finish } from './browser-routes.js'
import { createSurveySession } from './create-session.js'
import { postPanelistOutcome } from './post-outcome.js'
import { readSurveySession } from './read-session.js'

/** Kantar Gateway API, Session Router: panels create sessions, survey platforms read them and report outcomes. */
export function sessionRouterRoutes(deps: ApiDependencies): Router {
  const router = Router({ caseSensitive: true })
  const panel = clientOnly('panel', deps)
  const platform = clientOnly('survey_platform', deps)
  router.post('/panels/:panelId/session/:token', panel, jsonBody(), createSurveySession(deps))
  router.get('/sessions/start/:token', startSurvey(deps))
  router.get('/sessions/finish/:token', finish(deps))
  router.get('/sessions/:token', platform, readSurveySession(deps))
  router.post('/panelist-outcome', platform, jsonBody(), postPanelistOutcome(deps))
  router.get('/panelist-outcome/:outcome', browserOutcome(deps))
  // answers unknown routes and wrong methods at these addresses in the document's format too
  router.use(['/panels', '/sessions', '/panelist-outcome'], unknownRoute)
  router.use(browserErrors(deps.logger))
  router.use(gatewayErrors(deps.logger))
  return router
}
