/** The first wait after a failure, in milliseconds; each further failure doubles it. */
const FIRST_BACKOFF_MS = 1_500
const LONGEST_BACKOFF_MS = 60_000
/** How often to retry a connection that needs an operator: finds a corrected key without overloading the provider. */
const BLOCKED_MS = 5 * 60_000
/** The shortest wait between two polls. */
const SHORTEST_MS = 250

/**
 * The wait after a good poll: the provider's pace counts from start to start, up to 5 % earlier so that many
 * connections do not poll in step, and never before the provider's own `notBefore`.
 * @param random from 0 to 1
 * @returns milliseconds
 */
export function waitAfterSuccess(
  poll: { everyMs: number; durationMs: number; notBefore: string | null },
  now: number,
  random: number,
): number {
  const pace = poll.everyMs * (1 - 0.05 * random) - poll.durationMs
  const asked = poll.notBefore === null ? 0 : Date.parse(poll.notBefore) - now
  return Math.round(Math.max(pace, asked, SHORTEST_MS))
}

/**
 * The wait after a failure: exponential with jitter (two thirds to four thirds), at least the provider's Retry-After;
 * five minutes when it needs an operator.
 * @param streak failures in a row, from 1
 */
export function waitAfterFailure(
  failure: { blocked: boolean; retryAfterMs: number | null },
  streak: number,
  random: number,
): number {
  const exponential = Math.min(FIRST_BACKOFF_MS * 2 ** Math.min(streak - 1, 20), LONGEST_BACKOFF_MS)
  const backoff = failure.blocked ? BLOCKED_MS : exponential * (2 / 3 + (2 / 3) * random)
  return Math.round(Math.max(backoff, failure.retryAfterMs ?? 0))
}
