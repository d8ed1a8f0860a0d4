import { setTimeout as sleep } from 'node:timers/promises'
import { WatchedClient } from './watched-client.js'

/** A connection of its own that listens on one channel. */
export interface WakeListener {
  close(): Promise<void>
}

const RETRY_MS = [100, 250, 500, 1_000, 2_000, 5_000]
/** Somebody who only listens never learns that the other side is gone: so it asks, and gives up without an answer. */
const KEEPALIVE = { everyMs: 10_000, silentMs: 5_000 } as const

/**
 * Listens on a PostgreSQL channel over a connection of its own, which is made again whenever it breaks. A wake-up may
 * be lost while there is none, so every new connection wakes too.
 * @param url of the database
 * @param wake called for every notification and after every (re)connection
 * @param keepalive milliseconds between questions whether the server is still there, and of silence after one
 */
export function listenForWakes(
  url: string,
  channel: string,
  wake: () => void,
  keepalive: { readonly everyMs: number; readonly silentMs: number } = KEEPALIVE,
): WakeListener {
  const stopping = new AbortController()
  const listenOnce = () => listenUntilBroken({ url, channel, wake, keepalive }, stopping.signal)
  const running = keepListening(listenOnce, stopping.signal)
  return {
    async close() {
      stopping.abort()
      await running
    },
  }
}

async function keepListening(listenOnce: () => Promise<boolean>, stopping: AbortSignal): Promise<void> {
  let failures = 0
  while (!stopping.aborted) {
    const listened = await listenOnce()
    failures = listened ? 0 : failures + 1
    const pause = RETRY_MS[Math.min(failures, RETRY_MS.length - 1)]
    await sleep(pause, undefined, { signal: stopping }).catch(() => undefined)
  }
}

interface Listening {
  readonly url: string
  readonly channel: string
  readonly wake: () => void
  readonly keepalive: { readonly everyMs: number; readonly silentMs: number }
}

/** @returns true when it was connected for a while, false when it never came up */
async function listenUntilBroken(
  { url, channel, wake, keepalive }: Listening,
  stopping: AbortSignal,
): Promise<boolean> {
  const client = new WatchedClient(
    {
      connectionString: url,
      application_name: 'tributary catalogue wake-up',
      keepAlive: true,
      connectionTimeoutMillis: 4_000,
    },
    { silentMs: keepalive.silentMs },
  )
  // the poll is the safety net, so a lost connection is no event of its own: the follower says when it cannot read
  const ended = new AbortController()
  const broken = new Promise<void>((resolve) => {
    client.on('error', () => resolve())
    client.on('end', () => resolve())
    stopping.addEventListener('abort', () => resolve(), { once: true, signal: ended.signal })
  })
  client.on('notification', wake)
  let asking: NodeJS.Timeout | undefined
  try {
    await client.connect()
    await client.query(`listen ${client.escapeIdentifier(channel)}`)
    wake()
    asking = setInterval(() => void client.query('select 1').catch(() => undefined), keepalive.everyMs)
    await broken
    return true
  } catch {
    return false
  } finally {
    clearInterval(asking)
    ended.abort()
    await client.end().catch(() => undefined)
  }
}
