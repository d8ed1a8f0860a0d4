import { isAddressLiteral, isLocalName, isPublicAddress } from './address-policy.js'
import { EgressError } from './egress-error.js'

export interface UrlPolicy {
  /** True for sandboxes: private addresses, plain http and any port (docs/configuration.md, The file). */
  readonly allowPrivate: boolean
  /** `http://host:port`s, with an IP address as host, that are still allowed [none]. */
  readonly openOrigins?: readonly string[] | undefined
}

/** Ports that https is served on; others are refused, so that a URL cannot reach a mail server or a database. */
const PORTS = new Set(['', '443', '8443'])

/**
 * Parses an address from outside (a survey's, an entry link, a redirect, a postback's) and checks its text: http(s), no
 * user name or password, and unless `allowPrivate` https on a standard port of a host that is neither private nor
 * local. The address that a name resolves to is checked on connect.
 * @throws EgressError 'not-allowed' with the reason
 */
export function validateUrl(address: string, policy: UrlPolicy): URL {
  const url = URL.canParse(address) ? new URL(address) : null
  if (!url) throw refused('is not an absolute URL', '')
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw refused('must be https', url.protocol)
  const place = url.host
  if (url.username !== '' || url.password !== '') throw refused('must not carry a user name or password', place)
  if (policy.allowPrivate || policy.openOrigins?.includes(url.origin) === true) return url
  if (url.protocol !== 'https:') throw refused('must be https', place)
  if (!PORTS.has(url.port)) throw refused('must be on port 443 or 8443', place)
  if (isAddressLiteral(url.hostname)) {
    if (!isPublicAddress(url.hostname)) throw refused('points at a private or reserved address', place)
  } else if (isLocalName(url.hostname)) {
    throw refused('points at a local name', place)
  }
  return url
}

function refused(why: string, place: string): EgressError {
  return new EgressError(
    'not-allowed',
    `address ${place === '' ? '' : `${place} `}${why}; for a sandbox set egress.allow_private`,
  )
}
