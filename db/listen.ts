import { setTimeout as sleep } from 'node:timers/promises'
import { WatchedClient } from './watched-client.js'

/** A dedicated connection that listens on one channel. */
export interface WakeListener {
  close(): Promise<void>
}

const RETRY_MS = [100, 250, 500, 1_000, 2_000, 5_000]
/** A listener cannot detect a dead server, so it sends a query at this interval and reconnects without an answer. */
const KEEPALIVE = { everyMs: 10_000, silentMs: 5_000 } as const

/**
 * Listens on a PostgreSQL channel over a dedicated connection and reconnects when it breaks. Calls `wake` after every
 * connection too, because wake-ups are lost while disconnected.
 * @param url of the database
 * @param wake called for every notification and after every (re)connection
 * @param keepalive milliseconds between keepalive queries, and the timeout of one
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

/** @returns true when it was connected, false when the connection failed */
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
  // do not log a lost connection: the follower also polls, and logs when it cannot read
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
