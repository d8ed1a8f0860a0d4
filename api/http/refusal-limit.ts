const MINUTE_MS = 60_000
/** At most this many addresses are kept; beyond that the least recently used is dropped. */
const MOST_ADDRESSES = 10_000

interface Standing {
  /** Refusals left in the bucket at `at`. */
  left: number
  at: number
  /** Time of the last proven request; -Infinity = never. */
  provenAt: number
}

/**
 * Limits the refusals that an address may cause: a token bucket, which by default holds the refusals of a minute. Only
 * refused requests count, and an address with a proven request within the last minute has no limit, because many
 * clients may share one address.
 */
export class RefusalLimit {
  /** By address, least recently used first. */
  readonly #standings = new Map<string, Standing>()

  constructor(
    private readonly perMinute: number,
    private readonly nowMs: () => number = () => performance.now(),
    private readonly mostAddresses = MOST_ADDRESSES,
    private readonly burst = perMinute,
  ) {}

  /** Seconds until an address may cause another refusal; 0 = now. */
  waitSeconds(address: string): number {
    const standing = this.#standings.get(address)
    if (standing === undefined || this.nowMs() - standing.provenAt < MINUTE_MS) return 0
    const left = this.#leftOf(standing)
    return left >= 1 ? 0 : ((1 - left) * MINUTE_MS) / this.perMinute / 1000
  }

  /** Counts a refusal. */
  refused(address: string): void {
    const standing = this.#standingOf(address)
    standing.left = Math.max(0, this.#leftOf(standing) - 1)
    standing.at = this.nowMs()
    this.#remember(address, standing)
  }

  /** Records that a request of this address was proven. */
  proven(address: string): void {
    const standing = this.#standingOf(address)
    standing.provenAt = this.nowMs()
    this.#remember(address, standing)
  }

  get size(): number {
    return this.#standings.size
  }

  #standingOf(address: string): Standing {
    return this.#standings.get(address) ?? { left: this.burst, at: this.nowMs(), provenAt: Number.NEGATIVE_INFINITY }
  }

  #leftOf({ left, at }: Standing): number {
    return Math.min(this.burst, left + ((this.nowMs() - at) / MINUTE_MS) * this.perMinute)
  }

  #remember(address: string, standing: Standing): void {
    this.#standings.delete(address)
    this.#standings.set(address, standing)
    if (this.#standings.size <= this.mostAddresses) return
    const [oldest] = this.#standings.keys()
    if (oldest !== undefined) this.#standings.delete(oldest)
  }
}
