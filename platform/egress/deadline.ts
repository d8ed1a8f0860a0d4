import { EgressError } from './egress-error.js'

/**
 * The longest total wait of an exchange. Only waiting for the other side counts: the timer pauses while the reader of a
 * streamed body processes data, so that a slow database does not count as a slow provider.
 */
export class Deadline {
  private readonly controller = new AbortController()
  private timer: NodeJS.Timeout | undefined
  private since = 0
  private readonly follow: () => void
  /** Aborts the exchange: at the deadline, or when the caller's own signal aborts. */
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

  /** Starts or resumes the timer. */
  start(): void {
    if (this.timer) return
    this.since = performance.now()
    const expire = () => this.controller.abort(this.timedOut())
    this.timer = setTimeout(expire, Math.max(this.leftMs, 0))
  }

  /** Pauses the timer: data arrived. */
  pause(): void {
    if (!this.timer) return
    clearTimeout(this.timer)
    this.timer = undefined
    this.leftMs -= performance.now() - this.since
  }

  /** Ends the exchange and releases its resources. */
  release(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    this.callers?.removeEventListener('abort', this.follow)
  }

  private timedOut(): EgressError {
    return new EgressError('timed-out', `${this.place} did not answer in time`, { url: this.place })
  }
}
