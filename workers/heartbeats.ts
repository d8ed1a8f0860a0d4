import { hostname } from 'node:os'
import type { Knex } from '../db/connect.js'
import { beat, forgetHeartbeat } from '../db/stores/heartbeat-store.js'
import { HEARTBEAT_EVERY_MS } from '../domain/heard.js'
import type { Logger } from '../platform/logger.js'

/**
 * Writes a heartbeat of this process, with its queues, to PostgreSQL every five seconds.
 * @returns a function that stops the heartbeats and deletes the last one
 */
export function startHeartbeats(
  knex: Knex,
  queues: readonly string[],
  logger: Pick<Logger, 'warn'>,
): () => Promise<void> {
  const own = { part: 'worker', process: `${hostname()}:${process.pid}` } as const
  let failing = false
  let underWay: Promise<void> | null = null
  const say = (): void => {
    // while PostgreSQL is away, one write waits; the timer does not add more
    underWay ??= beat(knex, { ...own, queues })
      .then(
        () => {
          failing = false
        },
        (error: unknown) => {
          if (!failing) logger.warn({ err: error }, 'cannot write the heartbeat')
          failing = true
        },
      )
      .finally(() => {
        underWay = null
      })
  }
  say()
  const timer = setInterval(say, HEARTBEAT_EVERY_MS)
  return async () => {
    clearInterval(timer)
    await underWay
    // a heartbeat that could not be deleted is stale after 25 s
    await forgetHeartbeat(knex, own).catch(() => undefined)
  }
}
