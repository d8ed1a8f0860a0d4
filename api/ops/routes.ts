import { Router } from 'express'
import type { ApiDependencies } from '../dependencies.js'
import { operatorOnly } from '../http/auth.js'
import { jsonBody } from '../http/json-body.js'
import { connectionAction } from './connection-actions.js'
import { listConnections } from './connections.js'
import { opsPageRoutes } from './page-routes.js'
import { plansList } from './plans.js'
import { quarantineList } from './quarantine.js'
import { redriveQuarantined } from './redrive.js'
import { TemporalUi } from './temporal-ui.js'

/**
 * The routes for operators with the role `ops` (docs/api.md, Operations).
 * @param temporalUi address of the Temporal UI, for links to workflows; `npm start` sets it in the environment
 */
export function opsRoutes(
  deps: ApiDependencies,
  temporalUi: string | undefined = process.env.TRIBUTARY_TEMPORAL_UI,
): Router {
  const router = Router({ caseSensitive: true })
  const ui = new TemporalUi(temporalUi?.replace(/\/+$/, '') || null, deps.temporal.options.namespace)
  const ops = operatorOnly(deps.keys, deps.limiter, 'ops')
  router.get('/v1/ops/connections', ops, listConnections(deps, ui))
  router.post('/v1/ops/connections/:id/pause', ops, jsonBody(), connectionAction(deps, 'pause'))
  router.post('/v1/ops/connections/:id/resume', ops, connectionAction(deps, 'resume'))
  router.post('/v1/ops/connections/:id/poll', ops, connectionAction(deps, 'poll'))
  router.get('/v1/ops/plans', ops, plansList(deps, ui))
  router.get('/v1/ops/quarantine', ops, quarantineList(deps))
  router.post('/v1/ops/quarantine/:id/redrive', ops, redriveQuarantined(deps))
  router.use(opsPageRoutes(deps, ui))
  return router
}
