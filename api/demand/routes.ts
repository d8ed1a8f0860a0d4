import { Router } from 'express'
import type { ApiDependencies } from '../dependencies.js'
import { unknownRoute } from '../http/errors.js'
import { clientOnly } from '../http/gateway-auth.js'
import { gatewayErrors } from '../http/gateway-errors.js'
import { jsonBody } from '../http/json-body.js'
import { createPlan } from './create-plan.js'
import { deletePlan } from './delete-plan.js'
import { editPlan, editQuota } from './edit-plan.js'
import { listPlans } from './list-plans.js'
import { partnerOnly } from './partner-only.js'
import { editPolicy, readPolicy } from './plan-policy.js'
import { readPlan } from './read-plan.js'
import { targetingAttributes, targetingPanels } from './targeting.js'

/** Large enough for a plan of a thousand quotas. */
const LARGEST_PLAN = '1mb'

/**
 * The routes for buyers: the Kantar Gateway API's Demand API, and the policy of a plan (docs/buyers.md, What is
 * agreed beside a plan).
 */
export function demandRoutes(deps: ApiDependencies): Router {
  const router = Router({ caseSensitive: true })
  router.use(planRoutes(deps))
  router.use(policyRoutes(deps))
  return router
}

function planRoutes(deps: ApiDependencies): Router {
  const router = Router({ caseSensitive: true })
  const partner = clientOnly('demand_partner', deps)
  // the seed posts to the singular and reads from the plural; we accept a POST at the plural too
  router.post('/survey-plan', partner, jsonBody(LARGEST_PLAN), createPlan(deps))
  router.post('/survey-plans', partner, jsonBody(LARGEST_PLAN), createPlan(deps))
  router.get('/survey-plans/:id', partner, readPlan(deps))
  router.patch('/survey-plans/:id', partner, jsonBody(), editPlan(deps))
  router.delete('/survey-plans/:id', partner, deletePlan(deps))
  router.patch('/survey-plans/:id/quotas/:quotaId', partner, jsonBody(), editQuota(deps))
  router.get('/targeting-attributes', partner, targetingAttributes(deps))
  router.get('/targeting-panels', partner, targetingPanels(deps))
  // unknown addresses and wrong methods below these paths are answered in the document's words as well
  router.use(['/survey-plan', '/survey-plans', '/targeting-attributes', '/targeting-panels'], unknownRoute)
  router.use(gatewayErrors(deps.logger))
  return router
}

/** Our routes in addition to the seed's; they answer with problem+json, as every other /v1 route. */
function policyRoutes(deps: ApiDependencies): Router {
  const router = Router({ caseSensitive: true })
  const partner = partnerOnly(deps)
  router.get('/v1/plans', partner, listPlans(deps))
  router.get('/v1/plans/:id/policy', partner, readPolicy(deps))
  router.put('/v1/plans/:id/policy', partner, jsonBody(), editPolicy(deps))
  return router
}
