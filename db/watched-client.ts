import { Socket } from 'node:net'
import pg from 'pg'

/**
 * Checks again after this many milliseconds, because a process that was suspended has unread answers in its sockets.
 */
const SECOND_LOOK_MS = 250
/** How long the server may take to close the connection after `end`, in milliseconds. */
const GOODBYE_MS = 2_000

/** The error of every query on a connection whose server sends nothing. */
export class DatabaseSilent extends Error {
  override readonly name = 'DatabaseSilent'
  readonly code = 'ETIMEDOUT'
  constructor(silentMs: number) {
    super(`PostgreSQL sent nothing for ${silentMs} ms`)
  }
}

export interface Watch {
  /** Milliseconds without a byte from the server during a query; null = no limit. */
  readonly silentMs: number | null
  /** Called when the connection was closed for silence. */
  readonly onSilence?: (error: DatabaseSilent) => void
}

/**
 * A PostgreSQL connection that closes itself when its server is silent during a query. pg's own `query_timeout` fails
 * the query only: the connection returns to its pool with a running query, and a rollback queues behind it. This class
 * destroys the socket, so that all queries on it fail immediately and the pool creates another one. The result of a
 * COMMIT without an answer is unknown: callers report a failure, and a retry finds out.
 */
export class WatchedClient extends pg.Client {
  readonly #socket: Socket

  constructor(config: pg.ClientConfig, watch: Watch) {
    const socket = new Socket()
    super({ ...config, stream: () => socket })
    this.#socket = socket
    const { silentMs, onSilence } = watch
    if (silentMs === null) return
    socket.setTimeout(silentMs)
    socket.on('timeout', () => {
      const heard = socket.bytesRead
      setTimeout(() => {
        if (this.isIdle || socket.destroyed || socket.bytesRead !== heard) return
        const error = new DatabaseSilent(silentMs)
        socket.destroy(error)
        onSilence?.(error)
      }, SECOND_LOOK_MS).unref()
    })
  }

  /** True when no query is running: pg's own flag, which its types lack. */
  get isIdle(): boolean {
    return (this as unknown as { readonly readyForQuery: boolean }).readyForQuery
  }

  /** Closes the connection; running queries fail with the error. */
  drop(error: Error): void {
    this.#socket.destroy(error)
  }

  /** Like pg's, but closes the socket if the server does not. */
  override end(): Promise<void>
  override end(callback: (error: Error) => void): void
  override end(callback?: (error: Error) => void): Promise<void> | undefined {
    setTimeout(() => this.#socket.destroy(), GOODBYE_MS).unref()
    if (callback === undefined) return super.end()
    super.end(callback)
    return undefined
  }
}
