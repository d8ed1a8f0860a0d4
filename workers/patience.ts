import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '../platform/logger.js'

const FIRST_MS = 500
const LONGEST_MS = 10_000

/** Retries until it works, because PostgreSQL and Temporal may start later than this process. */
export async function untilItWorks<Result>(
  what: string,
  logger: Logger,
  signal: AbortSignal,
  work: () => Promise<Result>,
): Promise<Result> {
  for (let waitMs = FIRST_MS; ; waitMs = Math.min(waitMs * 2, LONGEST_MS)) {
    try {
      return await work()
    } catch (error) {
      if (signal.aborted) throw error
      logger.warn({ err: error, retryInMs: waitMs }, `${what}: not yet`)
      await sleep(waitMs, undefined, { signal })
    }
  }
}
