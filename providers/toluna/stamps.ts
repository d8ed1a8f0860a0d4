/** `2019-03-03 18:42:34.000`, `2019-06-14T19:35:08.4`, `2020-01-31T21:19:30.3616306Z`: all are in the document. */
const STAMP =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/i

/**
 * Parses one of Toluna's timestamps; without a zone it is UTC, not this machine's.
 * @returns null when it is not such a timestamp, or not a real date
 */
export function readStamp(text: string): Date | null {
  const match = STAMP.exec(text.trim())
  if (!match) return null
  const [, year = '', month = '', day = '', hour = '00', minute = '00', second = '00', fraction = '', zone = 'Z'] =
    match
  const milliseconds = fraction.slice(0, 3).padEnd(3, '0')
  const offset = /^z$/i.test(zone) ? 'Z' : `${zone.slice(0, 3)}:${zone.slice(-2)}`
  const instant = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}.${milliseconds}${offset}`)
  if (Number.isNaN(instant.getTime())) return null
  // Date reads 31 February as a day of March: such a timestamp is garbled
  const plain = new Date(`${year}-${month}-${day}T00:00:00Z`)
  return plain.getUTCDate() === Number(day) && plain.getUTCMonth() + 1 === Number(month) ? instant : null
}

/** .NET writes "not set" as the year 1. */
export function isUnset(instant: Date): boolean {
  return instant.getUTCFullYear() < 1900
}

/** A timestamp further ahead than this is ignored: no list is valid for this long. */
const LONGEST_CACHE_MS = 60 * 60_000

/**
 * When to poll again (Get Quotas, CacheExpires: before it the same list may come, after it a new one will): at least
 * `minPoll` later, and before our stock becomes stale. A timestamp that is past, absent or invalid means `minPoll`.
 */
export function nextPoll(
  cacheExpires: string | null | undefined,
  now: Date,
  { minPoll, staleAfter }: { minPoll: number; staleAfter: number },
): Date {
  const expires = cacheExpires ? (readStamp(cacheExpires)?.getTime() ?? 0) : 0
  const latest = now.getTime() + Math.max(minPoll, Math.min(LONGEST_CACHE_MS, Math.floor((staleAfter * 2) / 3)))
  return new Date(Math.min(latest, Math.max(now.getTime() + minPoll, expires)))
}
