import type { ConnectionBase } from '../../platform/config/connection-base.js'
import type { VerificationConfig } from '../../platform/verification/verifiers.js'
import type { Arrivals } from '../../providers/adapter.js'
import type { Upstream } from '../../providers/upstream.js'

/** An address at which a connection's provider, or its respondents, arrive. */
export interface ArrivalRoute {
  readonly upstream: Upstream
  /** How its provider's arrivals are read. */
  readonly arrivals: Arrivals<ConnectionBase>
  /** How this route is proven. */
  readonly arrival: VerificationConfig
}

/**
 * The configured verification of an arrival route; null = not configured, or not called in this way, which is 404.
 * @param method a browser comes by GET; a provider by POST, unless its adapter says that it calls this route with GET
 */
export function arrivalRoute(
  upstream: Upstream | null,
  route: 'return' | 'postback',
  name: string,
  method: string,
): ArrivalRoute | null {
  const arrivals = upstream?.adapter.arrivals
  if (upstream === null || arrivals === undefined) return null
  const byGet = route === 'return' || (arrivals.getPostbacks?.includes(name) ?? false)
  if (byGet !== (method === 'GET')) return null
  const { returns, postbacks } = upstream.config
  const arrival = route === 'return' ? (returns ?? null) : postbackRoute(postbacks ?? null, name)
  return arrival === null ? null : { upstream, arrivals, arrival }
}

function postbackRoute(postbacks: Postbacks | null, name: string): VerificationConfig | null {
  if (postbacks === null) return null
  if (isVerification(postbacks)) return name === '' ? postbacks : null
  // `member-status` in the address is `member_status` in the file, `memberStatus` in the program
  const key = name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
  return Object.hasOwn(postbacks, key) ? (postbacks[key] ?? null) : null
}

/** One postback route, or several by name. */
type Postbacks = NonNullable<ConnectionBase['postbacks']>

function isVerification(postbacks: Postbacks): postbacks is VerificationConfig {
  return Array.isArray(postbacks.verify)
}
