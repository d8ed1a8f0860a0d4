import { supplyQueue } from './task-queues.js'

/**
 * Health is what was heard: a part that has fallen silent says nothing of it, so that whoever looks has to notice. The
 * rules are in docs/runbook.md, "Silent".
 */

/** A part that misses this many of its paces is silent. */
export const PACES = 5
/** How often a worker process says that it is there, in milliseconds. */
export const HEARTBEAT_EVERY_MS = 5_000
export const WORKER_SILENT_MS = PACES * HEARTBEAT_EVERY_MS
/** The janitor says so with every round, which comes every 15 s. */
export const JANITOR_SILENT_MS = PACES * 15_000
/** Polls are not called late before this, however often they are due. */
const LATE_AT_LEAST_MS = 60_000
/** Between the attempts of a connection that fails lies up to 80 s (docs/polling.md, "States"). */
const FAILING_AT_LEAST_MS = 180_000
/** Where a provider's own pace is not configured. */
export const DEFAULT_POLL_EVERY_MS = 60_000

/** What PostgreSQL knows of a connection's polls. */
export interface HeardPolls {
  readonly lastSuccessAt: Date | null
  /** When the provider lets us ask again, where it said so. */
  readonly nextPollAt?: Date | null
}

/**
 * How long a connection may be without a good poll before it is late, in milliseconds: five intervals and a minute. An
 * interval is what the provider asked for at the last poll (a cache that lives longer), else the configured one.
 */
export function lateAfterMs({ lastSuccessAt, nextPollAt }: HeardPolls, pollEveryMs: number): number {
  const asked = lastSuccessAt === null ? 0 : (nextPollAt?.getTime() ?? 0) - lastSuccessAt.getTime()
  return Math.max(PACES * Math.max(pollEveryMs, asked), LATE_AT_LEAST_MS)
}

export type HeardState = 'starting' | 'healthy' | 'degraded' | 'blocked' | 'paused'

/** A polled connection as its loop left it in PostgreSQL. */
export interface PolledConnection extends HeardPolls {
  readonly connection: string
  readonly state: HeardState | 'removed'
  readonly reason: string | null
  readonly paused: boolean
  readonly failStreak: number
  readonly lastAttemptAt: Date | null
}

export interface Heard {
  readonly state: HeardState
  readonly reason: string | null
  /** True = no good poll for five intervals and a minute, or its worker is silent, and nobody paused it. */
  readonly silent: boolean
}

/**
 * How a polled connection stands: as its loop says, unless the loop has not been heard of for too long. Then it is
 * `degraded`, for a person has to look, with what was last heard and where to look as the reason.
 * @param pollEveryMs milliseconds between polls, as configured
 * @param workerSilentMs since a worker on its queue was heard of; null = there never was one
 */
export function heardConnection(
  row: PolledConnection,
  pollEveryMs: number,
  workerSilentMs: number | null,
  now: Date,
): Heard {
  const own = row.state === 'removed' ? 'starting' : row.state
  if (row.paused) return { state: 'paused', reason: row.reason, silent: false }
  const queue = supplyQueue(row.connection)
  if (workerSilentMs !== null && workerSilentMs > WORKER_SILENT_MS) {
    const reason = and(silentWorker(queue, workerSilentMs), row.reason)
    return { state: own === 'blocked' ? own : 'degraded', reason, silent: true }
  }
  const limitMs = lateAfterMs(row, pollEveryMs)
  const successMs = since(row.lastSuccessAt, now)
  const heardMs = Math.min(successMs, since(row.lastAttemptAt, now))
  if (own === 'blocked' || successMs <= limitMs) return { state: own, reason: row.reason, silent: false }
  // never polled: nothing was heard yet that could have fallen silent
  if (!Number.isFinite(heardMs)) return { state: own, reason: row.reason, silent: false }
  const quiet = heardMs > (row.failStreak > 0 ? Math.max(limitMs, FAILING_AT_LEAST_MS) : limitMs)
  // an attempt that failed says why itself
  if (!quiet && row.failStreak > 0) return { state: 'degraded', reason: row.reason, silent: row.lastSuccessAt !== null }
  const what = quiet ? `no poll has been heard of for ${seconds(heardMs)}` : `no good poll for ${seconds(successMs)}`
  const reason = `${what}, one is due every ${seconds(pollEveryMs)}: is a worker serving the queue ${queue} running, and the poll loop not paused in Temporal? ${LOOK}`
  return { state: 'degraded', reason: and(reason, row.failStreak > 0 ? row.reason : null), silent: true }
}

/** What to say of a queue whose worker has fallen silent. */
export const silentWorker = (queue: string, silentMs: number): string =>
  `no worker on the queue ${queue} has been heard of for ${seconds(silentMs)}: ${LOOK}`

const LOOK = 'see docs/runbook.md, "Silent"'

const and = (reason: string, before: string | null): string =>
  before === null ? reason : `${reason}; before: ${before}`

const since = (at: Date | null, now: Date): number =>
  at === null ? Number.POSITIVE_INFINITY : Math.max(0, now.getTime() - at.getTime())

/** For people: `74 s`. */
export const seconds = (milliseconds: number): string => `${Math.round(milliseconds / 1_000)} s`
