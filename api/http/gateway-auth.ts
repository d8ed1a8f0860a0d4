import type { Request, RequestHandler, Response } from 'express'
import type { DemandPartnerConfig } from '../../platform/config/load.js'
import type { PanelConfig } from '../../platform/config/panel-schema.js'
import type { Caller, KeyRing } from './auth.js'
import { Problem } from './problem.js'
import type { RateLimiter } from './rate-limit.js'
import { unitsOfBody } from './work.js'

type Kind = Exclude<Caller['kind'], 'operator'>

const WHOSE: Readonly<Record<Kind, string>> = {
  panel: "a panel's",
  demand_partner: "a demand partner's",
  survey_platform: "a survey platform's",
}

/**
 * Accepts one kind of client at a route of the gateway. A missing key, an unknown key and a key of another kind are all
 * 401 (docs/api.md, Keys). Puts the caller into `response.locals`: `panel`, `partner` or `platform`.
 * @param header where PureSpectrum Buy and Supply API want the key; absent = `x-api-key` or `Authorization` (Kantar
 *   Gateway API)
 */
export function clientOnly(
  kind: Kind,
  { keys, limiter }: { readonly keys: KeyRing; readonly limiter: RateLimiter },
  header?: 'access-token',
): RequestHandler {
  return (request, response, next) => {
    const key = header === undefined ? gatewayKey(request) : headerValue(request, header)
    const caller = key === null ? null : keys.find(key)
    if (key !== null && caller === null) limiter.countWrongKey(request)
    if (key === null || caller === null || caller.kind !== kind) {
      const where = header ?? 'x-api-key or Authorization'
      throw new Problem(401, 'unauthorized', `Access token is missing or invalid: send ${WHOSE[kind]} key as ${where}`)
    }
    limiter.admit(key, unitsOfBody(request))
    if (caller.kind === 'panel') response.locals.panel = caller.panel
    if (caller.kind === 'demand_partner') response.locals.partner = caller.partner
    if (caller.kind === 'survey_platform') response.locals.platform = caller.id
    next()
  }
}

/** The seed's text puts the bare token into `Authorization`, its samples into `x-api-key`; Bearer is accepted too. */
function gatewayKey(request: Request): string | null {
  const own = headerValue(request, 'x-api-key')
  if (own !== null) return own
  const authorization = headerValue(request, 'authorization')
  return authorization === null ? null : authorization.replace(/^Bearer\s+/i, '').trim() || null
}

function headerValue(request: Request, header: string): string | null {
  const value = request.headers[header]
  return typeof value === 'string' && value !== '' ? value : null
}

/** The demand partner that `clientOnly('demand_partner')` accepted. */
export const partnerOf = (response: Response): DemandPartnerConfig => response.locals.partner as DemandPartnerConfig
/** The panel that `clientOnly('panel')` accepted. */
export const supplierOf = (response: Response): PanelConfig => response.locals.panel as PanelConfig
/** The id, upper case, of the survey platform that `clientOnly('survey_platform')` accepted. */
export const platformOf = (response: Response): string => response.locals.platform as string
