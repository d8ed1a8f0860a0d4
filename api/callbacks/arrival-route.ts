import type { ConnectionBase } from '../../platform/config/connection-base.js'
import type { VerificationConfig } from '../../platform/verification/verifiers.js'
import type { Arrivals } from '../../providers/adapter.js'
import type { Upstream } from '../../providers/upstream.js'

/** An address that receives arrivals of a connection's provider or its respondents. */
export interface ArrivalRoute {
  readonly upstream: Upstream
  /** The adapter's functions that read its provider's arrivals. */
  readonly arrivals: Arrivals<ConnectionBase>
  /** How arrivals at this route are verified. */
  readonly arrival: VerificationConfig
}

/**
 * The configured verification of an arrival route; null = not configured, or another method: 404.
 * @param method a browser sends GET; a provider POST, unless its adapter declares that it calls this route with GET
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
  // `member-status` in the address is `member_status` in the file and `memberStatus` in the code
  const key = name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
  return Object.hasOwn(postbacks, key) ? (postbacks[key] ?? null) : null
}

/** One postback route, or several by name. */
type Postbacks = NonNullable<ConnectionBase['postbacks']>

function isVerification(postbacks: Postbacks): postbacks is VerificationConfig {
  return Array.isArray(postbacks.verify)
}
