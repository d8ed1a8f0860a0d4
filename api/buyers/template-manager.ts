import type { RequestHandler, Response } from 'express'
import type { DemandPartnerConfig } from '../../platform/config/load.js'
import type { ApiDependencies } from '../dependencies.js'
import { keyOf, knownCaller } from '../http/auth.js'
import { Problem } from '../http/problem.js'
import { unitsOfBody } from '../http/work.js'

/** Who manages templates: a buyer their own, an operator those of all buyers. */
export type TemplateManager =
  | { readonly kind: 'buyer'; readonly partner: DemandPartnerConfig }
  | { readonly kind: 'operator' }

/** Accepts demand partners, and operators with the role `ops`; the role `finance` does not manage templates. */
export function managersOnly({ keys, limiter }: Pick<ApiDependencies, 'keys' | 'limiter'>): RequestHandler {
  return (request, response, next) => {
    const key = keyOf(request)
    if (key === null) throw new Problem(401, 'no_key', 'Send your API key as x-api-key or Authorization: Bearer')
    const caller = knownCaller(keys, limiter, request, key)
    if (caller.kind !== 'demand_partner' && caller.kind !== 'operator') {
      throw new Problem(403, 'wrong_key', "Templates are for buyers: use a demand partner's or an operator's API key")
    }
    if (caller.kind === 'operator' && !caller.operator.roles.includes('ops')) {
      throw new Problem(403, 'wrong_role', `Operator ${caller.operator.id} lacks the role "ops"`)
    }
    limiter.admit(key, unitsOfBody(request))
    const manager: TemplateManager =
      caller.kind === 'operator' ? { kind: 'operator' } : { kind: 'buyer', partner: caller.partner }
    response.locals.templateManager = manager
    next()
  }
}

/** The caller that `managersOnly` accepted. */
export const managerOf = (response: Response): TemplateManager => response.locals.templateManager as TemplateManager
