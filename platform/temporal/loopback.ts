import { isIPv4 } from 'node:net'

/** True when an address, `host`, `host:port` or `[ipv6]:port`, names this machine. */
export function isLoopback(address: string): boolean {
  const host = hostOf(address.trim().toLowerCase()).replace(/^::ffff:(?=\d)/, '')
  if (host === 'localhost' || host.endsWith('.localhost')) return true
  if (host === '::1' || host === '::' || host === '0.0.0.0') return true
  return isIPv4(host) && host.startsWith('127.')
}

function hostOf(address: string): string {
  const bracketed = /^\[([^\]]*)\]/.exec(address)
  if (bracketed !== null) return bracketed[1] ?? ''
  // more than one colon without brackets: an IPv6 address without a port
  return /^[^:]*:[^:]*$/.test(address) ? address.slice(0, address.indexOf(':')) : address
}
