import { Socket } from 'node:net'
import pg from 'pg'

/** Another look after this many milliseconds: a process that was itself asleep has answers waiting in its sockets. */
const SECOND_LOOK_MS = 250
/** How long a server may take to hang up once it was told goodbye, in milliseconds. */
const GOODBYE_MS = 2_000

/** Thrown into every query of a connection whose server is there but says nothing. */
export class DatabaseSilent extends Error {
  override readonly name = 'DatabaseSilent'
  readonly code = 'ETIMEDOUT'
  constructor(silentMs: number) {
    super(`PostgreSQL has not said anything for ${silentMs} ms`)
  }
}

export interface Watch {
  /** Milliseconds without a byte from the server while an answer is owed; null = wait for as long as it takes. */
  readonly silentMs: number | null
  /** Told when the connection was given up. */
  readonly onSilence?: (error: DatabaseSilent) => void
}

/**
 * A PostgreSQL connection that is given up when its server falls silent in the middle of a query. pg's own
 * `query_timeout` fails the query only: the connection goes back to its pool with a query still under way, and a
 * rollback queues behind it. Here the socket is destroyed, so that everything on it fails in that moment and the pool
 * makes another one. What a COMMIT without an answer did is not known: callers report a failure, and a repeat finds out.
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

  /** True when no answer is owed: pg's own mark, which its types leave out. */
  get isIdle(): boolean {
    return (this as unknown as { readonly readyForQuery: boolean }).readyForQuery
  }

  /** Gives the connection up; what is under way on it fails with the error. */
  drop(error: Error): void {
    this.#socket.destroy(error)
  }

  /** As pg's, but a server that does not hang up is not waited for. */
  override end(): Promise<void>
  override end(callback: (error: Error) => void): void
  override end(callback?: (error: Error) => void): Promise<void> | undefined {
    setTimeout(() => this.#socket.destroy(), GOODBYE_MS).unref()
    if (callback === undefined) return super.end()
    super.end(callback)
    return undefined
  }
}
