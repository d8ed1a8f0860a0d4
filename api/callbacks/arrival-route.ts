import type { VerificationConfig } from '../../platform/verification/verifiers.js'
import type { Upstream } from '../../providers/upstream.js'

/** What a connection's configuration may say about its arrivals: one route, or several by name. */
interface WithArrivals {
  readonly returns?: VerificationConfig | null
  readonly postbacks?: VerificationConfig | Readonly<Record<string, VerificationConfig | null>> | null
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
): { upstream: Upstream; arrival: VerificationConfig } | null {
  if (upstream === null) return null
  const byGet = route === 'return' || (upstream.adapter.getPostbacks?.includes(name) ?? false)
  if (byGet !== (method === 'GET')) return null
  const { returns, postbacks } = upstream.config as WithArrivals
  const arrival = route === 'return' ? (returns ?? null) : postbackRoute(postbacks ?? null, name)
  return arrival === null ? null : { upstream, arrival }
}

function postbackRoute(postbacks: WithArrivals['postbacks'], name: string): VerificationConfig | null {
  if (postbacks === null || postbacks === undefined) return null
  if (isVerification(postbacks)) return name === '' ? postbacks : null
  // `member-status` in the address is `member_status` in the file, `memberStatus` in the program
  const key = name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
  return Object.hasOwn(postbacks, key) ? (postbacks[key] ?? null) : null
}

function isVerification(value: NonNullable<WithArrivals['postbacks']>): value is VerificationConfig {
  return Array.isArray((value as { verify?: unknown }).verify)
}
