const SCHEMES = new Set(['http', 'https', 'mailto'])

/**
 * An address for a link or a form: relative, http, https or mailto. Every other scheme (`javascript:`, `data:`, …)
 * becomes `#unsafe-address`. Removes spaces and control characters first, because a browser does so before it reads the
 * scheme (URL Standard, "basic URL parser").
 */
export function safeAddress(address: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: browsers strip exactly these
  const read = address.replace(/^[\u0000-\u0020]+/, '').replace(/[\t\n\r]/g, '')
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(read)?.[1]
  return scheme === undefined || SCHEMES.has(scheme.toLowerCase()) ? address : '#unsafe-address'
}
