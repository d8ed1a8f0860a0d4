import { hostname } from 'node:os'
import type { Knex } from '../db/connect.js'
import { beat, forgetHeartbeat } from '../db/stores/heartbeat-store.js'
import { HEARTBEAT_EVERY_MS } from '../domain/heard.js'
import type { Logger } from '../platform/logger.js'

/**
 * Says every five seconds, in PostgreSQL, that this process is there and which queues it serves.
 * @returns how to stop, which takes the word back
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
    // with PostgreSQL away one waits, not one more every five seconds
    underWay ??= beat(knex, { ...own, queues })
      .then(
        () => {
          failing = false
        },
        (error: unknown) => {
          if (!failing) logger.warn({ err: error }, 'the heartbeat cannot be written')
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
    // one that could not be taken back is old in 25 s
    await forgetHeartbeat(knex, own).catch(() => undefined)
  }
}
