import ipaddr from 'ipaddr.js'

/**
 * Whether an IP address is a public unicast one. All others are internal or reserved: private, loopback, link-local,
 * carrier-grade NAT, multicast, reserved and documentation ranges, and the ways to write an IPv4 address in IPv6
 * (mapped, compatible, NAT64 64:ff9b::/96, 6to4, Teredo), which translators on the route would unwrap.
 * @param address dotted or colon text, with or without brackets or a zone; unreadable text is not public
 */
export function isPublicAddress(address: string): boolean {
  const text = address.replace(/^\[|\]$/g, '').replace(/%.*$/, '')
  if (!ipaddr.isValid(text)) return false
  const parsed = ipaddr.parse(text)
  if (parsed.range() !== 'unicast') return false
  // Parsers disagree about short forms such as 127.1.
  if (parsed.kind() === 'ipv4') return ipaddr.IPv4.isValidFourPartDecimal(text)
  // ipaddr.js calls every unlisted IPv6 address unicast; IANA has allocated only 2000::/3.
  return parsed.match(ipaddr.parse('2000::'), 3)
}

/** Whether a URL's hostname is an IP literal, not a name. */
export function isAddressLiteral(hostname: string): boolean {
  return ipaddr.isValid(hostname.replace(/^\[|\]$/g, ''))
}

/** Names that by convention never leave the machine or its network. An early refusal; the resolved address decides. */
export function isLocalName(hostname: string): boolean {
  const name = hostname.toLowerCase().replace(/\.$/, '')
  return /(^|\.)(localhost|local|localdomain|internal|intranet|lan|home\.arpa)$/.test(name) || !name.includes('.')
}
