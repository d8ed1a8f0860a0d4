/**
 * True for an address that respondents may be sent to: https without a user name; plain http only if the operator
 * configured http for the provider itself (a sandbox).
 * @param reachedAt the provider's own address, from configuration
 */
export function isWebAddress({ protocol, username, password }: URL, reachedAt: string): boolean {
  if (username !== '' || password !== '') return false
  return protocol === 'https:' || (protocol === 'http:' && reachedAt.startsWith('http:'))
}

/** As `isWebAddress`, for a text. @returns null when it is not such an address */
export function webAddress(text: string, reachedAt: string): URL | null {
  const url = URL.canParse(text) ? new URL(text) : null
  return url !== null && isWebAddress(url, reachedAt) ? url : null
}
