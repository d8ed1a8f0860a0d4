import { supplyQueue } from './task-queues.js'

/**
 * Derives health from the last contact, because a part that stopped cannot report it. The rules are in docs/runbook.md,
 * "Silent".
 */

/** A part without a heartbeat for this many intervals is silent. */
export const PACES = 5
/** The heartbeat interval of a worker process, in milliseconds. */
export const HEARTBEAT_EVERY_MS = 5_000
export const WORKER_SILENT_MS = PACES * HEARTBEAT_EVERY_MS
/** The janitor's heartbeat comes with each round, every 15 s. */
export const JANITOR_SILENT_MS = PACES * 15_000
/** Polls are late at the earliest after this, whatever their interval. */
const LATE_AT_LEAST_MS = 60_000
/** A failing connection retries at intervals of up to 80 s (docs/polling.md, "States"). */
const FAILING_AT_LEAST_MS = 180_000
/** The default poll interval. */
export const DEFAULT_POLL_EVERY_MS = 60_000

/** The stored times of a connection's polls. */
export interface HeardPolls {
  readonly lastSuccessAt: Date | null
  /** The earliest next poll, where the provider set one. */
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

/** A polled connection as its poll loop stored it. */
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
  /** True = no good poll for five intervals and a minute, or its worker is silent, and it is not paused. */
  readonly silent: boolean
}

/**
 * The state of a polled connection: as stored by its loop, unless the last poll is too old. Then it is `degraded`, and
 * the reason has the age of the last contact and where to look.
 * @param pollEveryMs milliseconds between polls, as configured
 * @param workerSilentMs since the last heartbeat of a worker on its queue; null = there never was one
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
  // never polled, so not silent
  if (!Number.isFinite(heardMs)) return { state: own, reason: row.reason, silent: false }
  const quiet = heardMs > (row.failStreak > 0 ? Math.max(limitMs, FAILING_AT_LEAST_MS) : limitMs)
  // a failed attempt has stored its own reason
  if (!quiet && row.failStreak > 0) return { state: 'degraded', reason: row.reason, silent: row.lastSuccessAt !== null }
  const what = quiet ? `no poll for ${seconds(heardMs)}` : `no good poll for ${seconds(successMs)}`
  const reason = `${what}, one is due every ${seconds(pollEveryMs)}: check that a worker serves the queue ${queue} and that the poll loop is not paused in Temporal, ${LOOK}`
  return { state: 'degraded', reason: and(reason, row.failStreak > 0 ? row.reason : null), silent: true }
}

/** The message about a queue whose worker is silent. */
export const silentWorker = (queue: string, silentMs: number): string =>
  `no heartbeat of a worker on the queue ${queue} for ${seconds(silentMs)}: ${LOOK}`

const LOOK = 'see docs/runbook.md, "Silent"'

const and = (reason: string, before: string | null): string =>
  before === null ? reason : `${reason}; before: ${before}`

const since = (at: Date | null, now: Date): number =>
  at === null ? Number.POSITIVE_INFINITY : Math.max(0, now.getTime() - at.getTime())

/** For people: `74 s`. */
export const seconds = (milliseconds: number): string => `${Math.round(milliseconds / 1_000)} s`
