import { createHash } from 'node:crypto'
import type { NextFunction, Request, RequestHandler, Response } from 'express'
import type { DemandPartnerConfig } from '../../platform/config/load.js'
import type { PanelConfig } from '../../platform/config/panel-schema.js'
import type { OperatorConfig, OperatorRole } from '../../platform/config/schema.js'
import { hold } from './hold.js'
import { Problem } from './problem.js'
import type { RateLimiter } from './rate-limit.js'
import { unitsOfBody } from './work.js'

/** The owner of a key. Only the key determines the tenant. */
export type Caller =
  | { readonly kind: 'panel'; readonly panel: PanelConfig }
  | { readonly kind: 'operator'; readonly operator: OperatorConfig }
  | { readonly kind: 'demand_partner'; readonly partner: DemandPartnerConfig }
  | { readonly kind: 'survey_platform'; readonly id: string }

interface KeyHolders {
  readonly panels: readonly PanelConfig[]
  readonly operators: readonly OperatorConfig[]
  readonly demandPartners: readonly DemandPartnerConfig[]
  readonly surveyPlatforms: readonly { readonly id: string; readonly apiKey: string }[]
}

/** Finds keys by their SHA-256: hashes have one length and do not resemble the key, so timing reveals nothing. */
export class KeyRing {
  readonly #callers = new Map<string, Caller>()

  constructor(holders: KeyHolders) {
    for (const panel of holders.panels) this.#callers.set(digest(panel.apiKey), { kind: 'panel', panel })
    for (const operator of holders.operators) this.#callers.set(digest(operator.apiKey), { kind: 'operator', operator })
    for (const partner of holders.demandPartners)
      this.#callers.set(digest(partner.apiKey), { kind: 'demand_partner', partner })
    for (const { id, apiKey } of holders.surveyPlatforms)
      this.#callers.set(digest(apiKey), { kind: 'survey_platform', id })
  }

  find(key: string): Caller | null {
    return this.#callers.get(digest(key)) ?? null
  }
}

const digest = (key: string): string => createHash('sha256').update(key).digest('base64')

/** The key of a request: `x-api-key`, or `Authorization: Bearer`. */
export function keyOf(request: Request): string | null {
  const header = request.headers['x-api-key']
  if (typeof header === 'string' && header !== '') return header
  const bearer = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')
  return bearer?.[1]?.trim() ?? null
}

/** The headers in which any route accepts a key. */
const KEY_HEADERS = ['x-api-key', 'authorization', 'access-token']

/** Delays an unknown key from an address that has sent too many of them. A known key passes without delay. */
export function holdWrongKeys(keys: KeyRing, limiter: RateLimiter): RequestHandler {
  return (request, _response, next) => {
    const given = KEY_HEADERS.map((name) => String(request.headers[name] ?? '')).filter((value) => value !== '')
    if (given.length === 0 || !limiter.isOverrun(request)) return next()
    const known = given.some((value) => keys.find(value.replace(/^Bearer\s+/i, '').trim()) !== null)
    if (known) return next()
    hold(next)
  }
}

/** Accepts only panels' keys. Puts the panel into `response.locals.panel`. */
export function panelOnly(keys: KeyRing, limiter: RateLimiter): RequestHandler {
  return (request: Request, response: Response, next: NextFunction): void => {
    const caller = authenticate(keys, limiter, request)
    if (caller.kind !== 'panel')
      throw new Problem(403, 'wrong_key', "This address is for panels: use a panel's API key")
    response.locals.panel = caller.panel
    next()
  }
}

/** Accepts only operators with this role. */
export function operatorOnly(keys: KeyRing, limiter: RateLimiter, role: OperatorRole): RequestHandler {
  return (request: Request, response: Response, next: NextFunction): void => {
    const caller = authenticate(keys, limiter, request)
    if (caller.kind !== 'operator')
      throw new Problem(403, 'wrong_key', "This address is for operators: use an operator's API key")
    if (!caller.operator.roles.includes(role)) {
      throw new Problem(403, 'wrong_role', `Operator ${caller.operator.id} lacks the role "${role}"`)
    }
    response.locals.operator = caller.operator
    next()
  }
}

/** Returns the caller, after the key is found and its rate limit checked. Other key checks use the same two steps. */
function authenticate(keys: KeyRing, limiter: RateLimiter, request: Request): Caller {
  const key = keyOf(request)
  if (key === null) throw new Problem(401, 'no_key', 'Send your API key as x-api-key or Authorization: Bearer')
  const caller = knownCaller(keys, limiter, request, key)
  limiter.admit(key, unitsOfBody(request))
  return caller
}

/**
 * Returns the owner of a request's key. A known key is never refused here, whatever else its address sent.
 * @throws Problem 401 `bad_key`, or 429 when the address sends too many of those
 */
export function knownCaller(keys: KeyRing, limiter: RateLimiter, request: Request, key: string): Caller {
  const caller = keys.find(key)
  if (caller !== null) return caller
  limiter.countWrongKey(request)
  throw new Problem(401, 'bad_key', 'Unknown API key')
}

/** The panel that `panelOnly` accepted. */
export function panelOf(response: Response): PanelConfig {
  return response.locals.panel as PanelConfig
}
