import { EgressError } from '../egress/egress-error.js'
import { validateUrl } from '../egress/url-policy.js'
import type { ConfigPath, Fault } from './faults.js'
import { isMapValue } from './schema-walk.js'

/** Identifiers that look like addresses but are never called. */
const NEVER_CALLED = new Set(['issuer', 'audience', 'public_url'])

/**
 * Addresses in the file that are not allowed while `egress.allow_private` is off: plain http, a port of its own, a
 * private host. Checks every text that is an address, so a new setting needs no entry here.
 * @param openOrigins `http://host:port`s that are still allowed
 */
export function egressFaults(data: unknown, openOrigins: readonly string[] = []): Fault[] {
  if (!isMapValue(data)) return []
  const allowed = isMapValue(data.egress) ? data.egress.allow_private : undefined
  if (allowed === true || allowed === 'true') return []
  return addressesIn(data, []).flatMap(({ path, address }): Fault[] => {
    const text = whyClosed(address, openOrigins)
    return text
      ? [{ path, text, example: '"https://app.example/…", or egress: { allow_private: true } in a sandbox' }]
      : []
  })
}

function addressesIn(value: unknown, path: ConfigPath): { path: ConfigPath; address: string }[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => addressesIn(item, [...path, index]))
  if (isMapValue(value)) {
    return Object.entries(value).flatMap(([key, item]) =>
      NEVER_CALLED.has(key) ? [] : addressesIn(item, [...path, key]),
    )
  }
  if (typeof value !== 'string' || !/^https?:\/\//i.test(value) || !URL.canParse(value)) return []
  return [{ path, address: value }]
}

/** The reason without the place and the advice, because the fault line has both. */
function whyClosed(address: string, openOrigins: readonly string[]): string | null {
  try {
    validateUrl(address, { allowPrivate: false, openOrigins })
    return null
  } catch (error) {
    if (!(error instanceof EgressError)) throw error
    const reason = /(must|points) .*?(?=;|$)/.exec(error.message)?.[0] ?? error.message
    return `${reason} while egress.allow_private is false`
  }
}
