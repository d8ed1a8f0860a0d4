import type { RequestHandler } from 'express'
import type { OperatorRole } from '../platform/config/schema.js'
import type { ApiDependencies } from './dependencies.js'
import { type KeyRing, operatorOnly, panelOnly } from './http/auth.js'
import type { RateLimiter } from './http/rate-limit.js'

/** What a router whose addresses ask for a key needs. */
export interface GuardedDependencies extends ApiDependencies {
  readonly keys: KeyRing
  readonly limiter: RateLimiter
}

export const forPanels = (deps: GuardedDependencies): RequestHandler => panelOnly(deps.keys, deps.limiter)

export const forOperators = (deps: GuardedDependencies, role: OperatorRole): RequestHandler =>
  operatorOnly(deps.keys, deps.limiter, role)
