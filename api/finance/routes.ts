import { Router } from 'express'
import type { ApiDependencies } from '../dependencies.js'
import { operatorOnly } from '../http/auth.js'
import { completesCsv } from './completes.js'
import { ledger, trialBalance } from './ledger.js'

/** The routes for operators with the role `finance` (docs/api.md, Finance). */
export function financeRoutes(deps: ApiDependencies): Router {
  const router = Router({ caseSensitive: true })
  const finance = operatorOnly(deps.keys, deps.limiter, 'finance')
  router.get('/v1/finance/completes.csv', finance, completesCsv(deps))
  router.get('/v1/finance/ledger', finance, ledger(deps))
  router.get('/v1/finance/trial-balance', finance, trialBalance(deps))
  return router
}
