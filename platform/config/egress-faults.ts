import ipaddr from 'ipaddr.js'
import type { ConfigPath, Fault } from './faults.js'
import { isMapValue } from './schema-walk.js'

/** Identifiers that look like addresses but are never called. */
const NEVER_CALLED = new Set(['issuer', 'audience', 'public_url'])

/**
 * Addresses we would be sent to although `egress.allow_private` is off: plain http, a port of its own, a private host.
 * Every text of the file that is an address counts, so a new setting is covered without being listed here.
 */
export function egressFaults(data: unknown): Fault[] {
  if (!isMapValue(data)) return []
  const allowed = isMapValue(data.egress) ? data.egress.allow_private : undefined
  if (allowed === true || allowed === 'true') return []
  return addressesIn(data, []).flatMap(({ path, url }): Fault[] => {
    const reason = whyClosed(url)
    if (!reason) return []
    const text = `${reason} is not allowed while egress.allow_private is false`
    return [{ path, text, example: `https://${ipaddr.isValid(bare(url.hostname)) ? 'app.example' : url.hostname}/` }]
  })
}

function addressesIn(value: unknown, path: ConfigPath): { path: ConfigPath; url: URL }[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => addressesIn(item, [...path, index]))
  if (isMapValue(value)) {
    return Object.entries(value).flatMap(([key, item]) =>
      NEVER_CALLED.has(key) ? [] : addressesIn(item, [...path, key]),
    )
  }
  if (typeof value !== 'string' || !/^https?:\/\//i.test(value) || !URL.canParse(value)) return []
  return [{ path, url: new URL(value) }]
}

function whyClosed(url: URL): string | null {
  if (url.protocol === 'http:') return 'plain http'
  if (url.port !== '') return `port ${url.port}`
  const host = bare(url.hostname)
  if (host === 'localhost' || host.endsWith('.localhost')) return 'this machine'
  if (ipaddr.isValid(host) && ipaddr.process(host).range() !== 'unicast') return 'a private or reserved address'
  return null
}

function bare(hostname: string): string {
  return hostname
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase()
}
