const DOTS = '••••'

/** Shorter ones would be given away by their beginning. */
const SHORTEST_WITH_PREFIX = 16

/** A secret as it may be shown: at most its first four characters, and nothing of a short one. */
export function maskSecret(value: unknown): string {
  if (typeof value !== 'string' || value.length < SHORTEST_WITH_PREFIX) return DOTS
  return `${value.slice(0, 4)}${DOTS}`
}

/** An address with its password masked; anything that is not an address is masked whole. */
export function maskUrlPassword(address: string): string {
  if (!URL.canParse(address)) return DOTS
  const url = new URL(address)
  if (url.password !== '') url.password = DOTS
  for (const name of [...url.searchParams.keys()]) {
    if (/password|secret|token|key/i.test(name)) url.searchParams.set(name, DOTS)
  }
  return decodeURI(url.href).replaceAll(encodeURIComponent(DOTS), DOTS)
}
