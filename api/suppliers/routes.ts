import { Router } from 'express'
import type { ApiDependencies } from '../dependencies.js'

/** Seed 004. */
export function supplierRoutes(_deps: ApiDependencies): Router {
  return Router({ caseSensitive: true })
}
