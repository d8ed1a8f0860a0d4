import type { Request } from 'express'
import ipaddr from 'ipaddr.js'

/**
 * Whose requests are counted together: an IPv4 address, or the /64 of an IPv6 one, as one customer has all of it. It is
 * the address of the connection itself; no header says another, for anybody may send one. Behind a proxy everybody has
 * the proxy's: whoever counts by address has to do nobody harm who does nothing wrong.
 */
export function clientAddress({ socket }: Pick<Request, 'socket'>): string {
  const { remoteAddress } = socket
  if (remoteAddress === undefined || !ipaddr.isValid(remoteAddress)) return 'unknown'
  const address = ipaddr.process(remoteAddress)
  return address instanceof ipaddr.IPv6
    ? `${address.parts
        .slice(0, 4)
        .map((part) => part.toString(16))
        .join(':')}::/64`
    : address.toString()
}
