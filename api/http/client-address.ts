import type { Request } from 'express'
import ipaddr from 'ipaddr.js'

/**
 * The key for limits by client: an IPv4 address, or the /64 of an IPv6 address, because one customer has all of it. It
 * is the connection's own address; headers are ignored, because any client may send them. Behind a proxy all clients
 * have the proxy's address, so a limit by address must not refuse clients that do nothing wrong.
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
