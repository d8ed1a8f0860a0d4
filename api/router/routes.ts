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

/** Kantar Gateway API, Session Router: panels bring panelists, survey platforms fetch them and say what came of it. */
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
  // what none of them took at these addresses, a wrong method too, is answered in the document's words as well
  router.use(['/panels', '/sessions', '/panelist-outcome'], unknownRoute)
  router.use(browserErrors(deps.logger))
  router.use(gatewayErrors(deps.logger))
  return router
}
