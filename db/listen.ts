import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

/** A connection of its own that listens on one channel. */
export interface WakeListener {
  close(): Promise<void>
}

const RETRY_MS = [100, 250, 500, 1_000, 2_000, 5_000]

/**
 * Listens on a PostgreSQL channel over a connection of its own, which is made again whenever it breaks. A wake-up may
 * be lost while there is none, so every new connection wakes too.
 * @param url of the database
 * @param wake called for every notification and after every (re)connection
 */
export function listenForWakes(url: string, channel: string, wake: () => void): WakeListener {
  const stopping = new AbortController()
  const running = keepListening(url, channel, wake, stopping.signal)
  return {
    async close() {
      stopping.abort()
      await running
    },
  }
}

async function keepListening(url: string, channel: string, wake: () => void, stopping: AbortSignal): Promise<void> {
  let failures = 0
  while (!stopping.aborted) {
    const listened = await listenOnce(url, channel, wake, stopping)
    failures = listened ? 0 : failures + 1
    const pause = RETRY_MS[Math.min(failures, RETRY_MS.length - 1)]
    await sleep(pause, undefined, { signal: stopping }).catch(() => undefined)
  }
}

/** @returns true when it was connected for a while, false when it never came up */
async function listenOnce(url: string, channel: string, wake: () => void, stopping: AbortSignal): Promise<boolean> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'tributary catalogue wake-up',
    keepAlive: true,
    connectionTimeoutMillis: 4_000,
  })
  // the poll is the safety net, so a lost connection is no event of its own: the follower says when it cannot read
  const ended = new AbortController()
  const broken = new Promise<void>((resolve) => {
    client.on('error', () => resolve())
    client.on('end', () => resolve())
    stopping.addEventListener('abort', () => resolve(), { once: true, signal: ended.signal })
  })
  client.on('notification', wake)
  try {
    await client.connect()
    await client.query(`listen ${client.escapeIdentifier(channel)}`)
    wake()
    await broken
    return true
  } catch {
    return false
  } finally {
    ended.abort()
    await client.end().catch(() => undefined)
  }
}
