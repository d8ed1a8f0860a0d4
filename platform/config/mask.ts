const DOTS = '••••'

/** The beginning of a shorter secret would reveal too much of it. */
const SHORTEST_WITH_PREFIX = 16

/** A masked secret: at most its first four characters, and none of a short one. */
export function maskSecret(value: unknown): string {
  if (typeof value !== 'string' || value.length < SHORTEST_WITH_PREFIX) return DOTS
  return `${value.slice(0, 4)}${DOTS}`
}

/** An address with its password masked; masks anything else completely. */
export function maskUrlPassword(address: string): string {
  if (!URL.canParse(address)) return DOTS
  const url = new URL(address)
  if (url.password !== '') url.password = DOTS
  for (const name of [...url.searchParams.keys()]) {
    if (/password|secret|token|key/i.test(name)) url.searchParams.set(name, DOTS)
  }
  return decodeURI(url.href).replaceAll(encodeURIComponent(DOTS), DOTS)
}
