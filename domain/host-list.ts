/**
 * Whether a list of `host` or `host:port` contains the host and port of an address. An entry without a port allows the
 * scheme's default port only, so that an entry for https://host does not allow https://host:8443.
 */
export function listsHost(allowed: readonly string[], address: URL): boolean {
  const host = plainHost(address.hostname)
  const port = address.port || standardPort(address.protocol)
  return allowed.some((entry) => {
    const match = /^(\[[^\]]*\]|[^:]*)(?::(\d{1,5}))?$/.exec(entry.trim())
    if (!match) return false
    return plainHost(match[1] ?? '') === host && (match[2] ?? standardPort(address.protocol)) === port
  })
}

function standardPort(protocol: string): string {
  return protocol === 'http:' ? '80' : '443'
}

/** Normalizes a host name: lower case, without the trailing dot. */
function plainHost(host: string): string {
  return host.toLowerCase().replace(/\.$/, '')
}
