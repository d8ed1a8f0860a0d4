/**
 * Whether a list of `host` or `host:port` names the place an address points at. An entry without a port means the
 * scheme's own port only, so that a list made for https://host never lets https://host:8443 in.
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

/** Names are compared without case and without the root's dot. */
function plainHost(host: string): string {
  return host.toLowerCase().replace(/\.$/, '')
}
