import { Router } from 'express'
import type { ApiDependencies } from '../dependencies.js'

/** Seed 002. */
export function buyerRoutes(_deps: ApiDependencies): Router {
  return Router({ caseSensitive: true })
}
