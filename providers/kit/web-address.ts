/**
 * True for an address that respondents may be sent to: https without a user name; plain http only where the operator
 * reaches the provider itself that way (a sandbox).
 * @param reachedAt the provider's own address, from configuration
 */
export function isWebAddress({ protocol, username, password }: URL, reachedAt: string): boolean {
  if (username !== '' || password !== '') return false
  return protocol === 'https:' || (protocol === 'http:' && reachedAt.startsWith('http:'))
}

/** As `isWebAddress`, of a text. @returns null when it is no such address */
export function webAddress(text: string, reachedAt: string): URL | null {
  const url = URL.canParse(text) ? new URL(text) : null
  return url !== null && isWebAddress(url, reachedAt) ? url : null
}
