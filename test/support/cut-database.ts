import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A proxy to a PostgreSQL server that can be cut. */
export interface CuttableDatabase {
  /** The given address, through the proxy. */
  readonly url: string
  /** Like a server that stops: ends open and new connections. */
  cut(): void
  /** Like a server that hangs: answers nothing. */
  stall(): void
  mend(): void
  close(): Promise<void>
}

/** Starts a proxy in front of the server of a database's address. */
export async function cuttable(databaseUrl: string): Promise<CuttableDatabase> {
  const target = new URL(databaseUrl)
  const open = new Set<Socket>()
  let isCut = false
  let isStalled = false
  const gate = createServer((inner) => {
    if (isCut) return void inner.destroy()
    const outer = connect(Number(target.port), target.hostname)
    for (const [one, other] of [
      [inner, outer],
      [outer, inner],
    ] as const) {
      open.add(one)
      one.on('error', () => one.destroy())
      one.on('close', () => {
        open.delete(one)
        other.destroy()
      })
      one.pipe(other)
    }
    if (isStalled) outer.pause()
  })
  await new Promise<void>((done) => gate.listen(0, '127.0.0.1', done))
  const through = new URL(databaseUrl)
  through.hostname = '127.0.0.1'
  through.port = String((gate.address() as AddressInfo).port)
  const endAll = () => {
    for (const socket of open) socket.destroy()
  }
  return {
    url: through.toString(),
    cut: () => {
      isCut = true
      endAll()
    },
    stall: () => {
      isStalled = true
      for (const socket of open) socket.pause()
    },
    mend: () => {
      isCut = false
      isStalled = false
      for (const socket of open) socket.resume()
    },
    close: () => {
      endAll()
      return new Promise((done) => gate.close(() => done()))
    },
  }
}
