import { type LookupAddress, type LookupOptions, lookup as resolve } from 'node:dns'
import { Agent } from 'undici'
import { isPublicAddress } from './address-policy.js'
import { EgressError } from './egress-error.js'

/** As `dns.lookup` with `all`: every address of a name. */
export type Resolve = (
  hostname: string,
  options: LookupOptions & { all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void

const CONNECT_MS = 5_000
const KEEP_ALIVE_MS = 10_000
/** The most sockets to one origin: a slow provider must not take every descriptor of the process. */
const SOCKETS_PER_ORIGIN = 64

/**
 * The pools of sockets, one per origin. Unless `allowPrivate`, resolves a name, checks its addresses and opens the
 * socket to one of the checked addresses. The name is not resolved a second time, so a change between check and connect
 * (DNS rebinding) has no effect.
 */
export function createGuardedAgent(options: { allowPrivate: boolean; resolve?: Resolve | undefined }): Agent {
  const find = options.resolve ?? resolve
  return new Agent({
    connections: SOCKETS_PER_ORIGIN,
    keepAliveTimeout: KEEP_ALIVE_MS,
    // The deadlines of the client cover the whole exchange; undici's own tick in whole seconds only.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { timeout: CONNECT_MS, lookup: checkedLookup(find, options.allowPrivate) },
  })
}

type LookupCallback = (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void

function checkedLookup(find: Resolve, allowPrivate: boolean) {
  return (hostname: string, options: LookupOptions, callback: LookupCallback): void => {
    find(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, [])
      const allowed = allowPrivate ? addresses : addresses.filter(({ address }) => isPublicAddress(address))
      const first = allowed[0]
      if (!first) {
        const reason = `${hostname} resolves to a private or reserved address; for a sandbox set egress.allow_private`
        return callback(new EgressError('not-allowed', reason, { url: hostname }), [])
      }
      if (options.all) callback(null, allowed)
      else callback(null, first.address, first.family)
    })
  }
}
