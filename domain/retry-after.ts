/** The longest wait to accept: a longer one means a wrong clock or header. */
const LONGEST_MS = 24 * 3_600_000

/**
 * Reads a Retry-After header, given in seconds or as an HTTP date (RFC 9110 §10.2.3).
 * @returns milliseconds from `now`, 0 for a past date, at most a day; undefined when absent or unreadable
 */
export function retryAfterMs(header: string | undefined, now: Date): number | undefined {
  const text = header?.trim() ?? ''
  if (/^\d{1,9}$/.test(text)) return Math.min(Number(text) * 1_000, LONGEST_MS)
  // Date.parse alone would take "7.5" for a month.
  if (!/^[A-Z][a-z]+,? /.test(text)) return undefined
  const at = Date.parse(text)
  return Number.isNaN(at) ? undefined : Math.min(Math.max(at - now.getTime(), 0), LONGEST_MS)
}
