import { EgressError } from './egress-error.js'

/**
 * How long an exchange may keep us waiting in all. Only waiting for the other side counts: the clock stands still while
 * the reader of a streamed body is busy with what it has got, so that a slow database is not taken for a slow provider.
 */
export class Deadline {
  private readonly controller = new AbortController()
  private timer: NodeJS.Timeout | undefined
  private since = 0
  private readonly follow: () => void
  /** Ends the exchange: at the deadline, or when the caller's own signal does. */
  readonly signal = this.controller.signal

  /** @param leftMs milliseconds of waiting */
  constructor(
    private leftMs: number,
    private readonly place: string,
    private readonly callers: AbortSignal | undefined,
  ) {
    this.follow = () => this.controller.abort(callers?.reason)
    if (callers?.aborted) this.follow()
    else callers?.addEventListener('abort', this.follow, { once: true })
  }

  /** Waiting begins, or goes on. */
  start(): void {
    if (this.timer) return
    this.since = performance.now()
    const expire = () => this.controller.abort(this.timedOut())
    this.timer = setTimeout(expire, Math.max(this.leftMs, 0))
  }

  /** Something came. */
  pause(): void {
    if (!this.timer) return
    clearTimeout(this.timer)
    this.timer = undefined
    this.leftMs -= performance.now() - this.since
  }

  /** The exchange is over; nothing is held any more. */
  release(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    this.callers?.removeEventListener('abort', this.follow)
  }

  private timedOut(): EgressError {
    return new EgressError('timed-out', `${this.place} did not answer in time`, { url: this.place })
  }
}
