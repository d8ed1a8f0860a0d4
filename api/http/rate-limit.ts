import type { Request } from 'express'
import { clientAddress } from './client-address.js'
import { Problem } from './problem.js'
import { RefusalLimit } from './refusal-limit.js'

/** Unknown keys an address may send in a minute. A known key is never refused because of them. */
const WRONG_KEYS_PER_MINUTE = 120

/**
 * A token bucket for every key: refills by `perSecond`, holds at most `burst` (docs/api.md, Limits). Requests take
 * units of work: an ordinary request is one unit, a larger one several (`work.ts`).
 */
export class RateLimiter {
  readonly #buckets = new Map<string, { tokens: number; at: number }>()

  constructor(
    private readonly perSecond: number,
    private readonly burst: number,
    private readonly nowMs: () => number = () => performance.now(),
    private readonly wrongKeys: RefusalLimit = new RefusalLimit(WRONG_KEYS_PER_MINUTE),
  ) {}

  /**
   * Takes a request's units, at most a whole burst.
   * @param key a known one, so that there are at most as many buckets as keys
   * @returns 0, or how many seconds to wait
   */
  take(key: string, units = 1): number {
    const now = this.nowMs()
    const wanted = Math.min(units, this.burst)
    const bucket = this.#buckets.get(key) ?? { tokens: this.burst, at: now }
    bucket.tokens = Math.min(this.burst, bucket.tokens + ((now - bucket.at) / 1000) * this.perSecond)
    bucket.at = now
    this.#buckets.set(key, bucket)
    if (bucket.tokens >= wanted) {
      bucket.tokens -= wanted
      return 0
    }
    return (wanted - bucket.tokens) / this.perSecond
  }

  /**
   * Admits a request of a known key, or refuses it.
   * @throws Problem 429 `rate_limited`
   */
  admit(key: string, units = 1): void {
    const waitSeconds = this.take(key, units)
    if (waitSeconds > 0) {
      throw new Problem(429, 'rate_limited', 'This key sends more work than its limit allows', {
        retryAfterSeconds: waitSeconds,
      })
    }
  }

  /** True when the address of a request has sent too many unknown keys: the next one would be refused. */
  isOverrun(request: Request): boolean {
    return this.wrongKeys.waitSeconds(clientAddress(request)) > 0
  }

  /**
   * Counts an unknown key by its client address.
   * @throws Problem 429 `too_many_wrong_keys` when that address sent too many within the last minute
   */
  countWrongKey(request: Request): void {
    const address = clientAddress(request)
    const waitSeconds = this.wrongKeys.waitSeconds(address)
    if (waitSeconds > 0) {
      throw new Problem(429, 'too_many_wrong_keys', 'Too many unknown API keys came from this address; check the key', {
        retryAfterSeconds: waitSeconds,
      })
    }
    this.wrongKeys.refused(address)
  }
}
