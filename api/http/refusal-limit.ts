const MINUTE_MS = 60_000
/** More addresses than this are not remembered: the one that was silent longest is forgotten. */
const MOST_ADDRESSES = 10_000

interface Standing {
  /** Refusals it has left. */
  left: number
  at: number
  /** When something of it was last proven; -Infinity = never. */
  provenAt: number
}

/**
 * How many refusals an address may cause: a bucket that fills again all the time, by default one of a minute's worth. Only
 * what was refused is counted, and an address of which something was proven within the last minute is not limited at all: behind
 * one address there may be many.
 */
export class RefusalLimit {
  /** In the order of their last use. */
  readonly #standings = new Map<string, Standing>()

  constructor(
    private readonly perMinute: number,
    private readonly nowMs: () => number = () => performance.now(),
    private readonly mostAddresses = MOST_ADDRESSES,
    private readonly burst = perMinute,
  ) {}

  /** How long an address has to wait before it may be refused once more, in seconds; 0 = it need not wait. */
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

  /** Notes that something of this address was proven. */
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
