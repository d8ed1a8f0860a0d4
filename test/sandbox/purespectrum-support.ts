import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Listener {
  readonly url: string
  readonly seen: { method: string; url: string }[]
  close(): Promise<void>
}

/** A supplier that answers callbacks with the given statuses, in order, and records the requests. */
export async function startListener(statuses: readonly number[]): Promise<Listener> {
  const seen: Listener['seen'] = []
  const server = createServer((request, response) => {
    const status = statuses[seen.length] ?? 200
    seen.push({ method: request.method ?? '', url: request.url ?? '' })
    request.resume()
    response.writeHead(status).end()
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    close: () =>
      new Promise((done) => {
        server.closeAllConnections()
        server.close(() => done())
      }),
  }
}
