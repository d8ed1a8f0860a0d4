import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Heard {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** A third party's server: it answers as configured and records its requests. Null = it never answers. */
export interface Listener {
  readonly url: string
  readonly heard: Heard[]
  answer: (heard: Heard) => Answer | null
  /** Closes every connection that still waits for an answer. */
  readonly hangUp: () => void
  readonly close: () => Promise<void>
}

/** Starts it on a free port of the loopback interface, or on its earlier port. */
export async function startListener(port = 0): Promise<Listener> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const { method = '', url: path = '', headers } = request
    const one = { method, path, headers, body: Buffer.concat(chunks).toString('utf8') }
    listener.heard.push(one)
    const answer = listener.answer(one)
    if (answer === null) return
    response.writeHead(answer.status, answer.headers)
    response.end(answer.body ?? '')
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const listener: Listener = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    heard: [],
    answer: () => ({ status: 204 }),
    hangUp: () => server.closeAllConnections(),
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return listener
}
