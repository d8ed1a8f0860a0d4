import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createServer as createTcpServer } from 'node:net'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { EgressError } from '../../../platform/egress/egress-error.js'
import {
  createHttp,
  type EgressCall,
  type EgressOptions,
  type EgressRequest,
} from '../../../platform/egress/http-client.js'

let server: Server
let host: string
let handler: (request: IncomingMessage, response: ServerResponse) => void
let hits = 0
const clients: { close(): Promise<void> }[] = []

beforeAll(async () => {
  server = createServer((request, response) => {
    hits++
    handler(request, response)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(async () => {
  hits = 0
  await Promise.all(clients.splice(0).map((client) => client.close()))
  server.closeAllConnections()
})
afterAll(() => server.close())

function client(options: Partial<EgressOptions> = {}) {
  const made = createHttp({ allowPrivate: true, ...options })
  clients.push(made)
  return made
}
function get(path: string, more: Partial<EgressRequest> = {}): EgressRequest {
  return { method: 'GET', url: `http://${host}${path}`, allowedHosts: [host], ...more }
}
async function failure(promise: Promise<unknown>): Promise<EgressError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  )
  expect(error).toMatchObject({ name: 'EgressError' })
  return error as EgressError
}

describe('an answer', () => {
  test('any status, headers in lower case, the body as text', async () => {
    handler = (request, response) => {
      response.writeHead(422, { 'X-Thing': 'a' }).end(`${request.method} ${request.url}`)
    }
    const response = await client().request(get('/a%2Fb?x=1&y=%20'))
    expect(response.status).toBe(422)
    expect(response.headers['x-thing']).toBe('a')
    // The raw path and query go out as they were given.
    expect(await response.text()).toBe('GET /a%2Fb?x=1&y=%20')
  })

  test('a body is posted with its headers', async () => {
    handler = (request, response) => {
      const parts: Buffer[] = []
      request.on('data', (part: Buffer) => parts.push(part))
      request.on('end', () => response.end(`${request.headers['content-type']} ${Buffer.concat(parts).toString()}`))
    }
    const headers = { 'content-type': 'application/json' }
    const response = await client().request(get('/', { method: 'POST', headers, body: '{"ä":1}' }))
    expect(await response.text()).toBe('application/json {"ä":1}')
  })

  test('a redirect is an answer, never followed', async () => {
    handler = (_, response) => response.writeHead(302, { location: '/elsewhere' }).end()
    const response = await client().request(get('/'))
    expect(response.status).toBe(302)
    await response.text()
    expect(hits).toBe(1)
  })

  test.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
  ])('%s is unpacked', async (encoding, compress) => {
    handler = (_, response) =>
      response.writeHead(200, { 'content-encoding': encoding }).end(compress('hello'.repeat(1000)))
    expect(await (await client().request(get('/'))).text()).toBe('hello'.repeat(1000))
  })

  test('sockets are kept alive between calls', async () => {
    const ports = new Set<number | undefined>()
    handler = (request, response) => {
      ports.add(request.socket.remotePort)
      response.end('ok')
    }
    const one = client()
    for (let call = 0; call < 5; call++) await (await one.request(get('/'))).text()
    expect(ports.size).toBeLessThanOrEqual(2)
  })

  test('every call is reported with host, status and time, without secrets', async () => {
    const calls: EgressCall[] = []
    handler = (_, response) => response.writeHead(204).end()
    const one = client({ onCall: (call) => calls.push(call) })
    await (await one.request(get('/path?key=secret', { headers: { 'x-api-key': 'secret' } }))).text()
    expect(calls).toEqual([{ method: 'GET', host, status: 204, error: null, milliseconds: expect.any(Number) }])
    expect(JSON.stringify(calls)).not.toContain('secret')
  })
})

describe('a failed call', () => {
  test('a server that never answers, at the deadline', async () => {
    handler = () => {}
    const started = Date.now()
    expect((await failure(client().request(get('/', { timeoutMs: 150 })))).kind).toBe('timed-out')
    expect(Date.now() - started).toBeLessThan(20_000)
  })

  test('a body that trickles forever', async () => {
    handler = (_, response) => {
      response.writeHead(200)
      const timer = setInterval(() => response.write('.'), 20)
      response.on('close', () => clearInterval(timer))
    }
    const response = await client().request(get('/', { timeoutMs: 2_000 }))
    expect((await failure(response.text())).kind).toBe('timed-out')
  })

  test('the reader’s own time does not count towards the deadline', async () => {
    handler = (_, response) => {
      response.writeHead(200)
      response.write('a'.repeat(1000))
      setTimeout(() => response.end('b'), 50)
    }
    const response = await client().request(get('/', { timeoutMs: 2_000 }))
    let text = ''
    for await (const chunk of response.body) {
      text += Buffer.from(chunk).toString()
      await new Promise((done) => setTimeout(done, 2_200))
    }
    expect(text.length).toBe(1001)
  })

  test('a connection that ends in the middle of a body', async () => {
    handler = (_, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('half')
      setTimeout(() => response.destroy(), 20)
    }
    const response = await client().request(get('/'))
    expect((await failure(response.text())).kind).toBe('unavailable')
  })

  test('a gzip body that ends too early', async () => {
    const whole = gzipSync('x'.repeat(10_000))
    handler = (_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(whole.subarray(0, whole.length - 12))
    const response = await client().request(get('/'))
    expect((await failure(response.text())).kind).toBe('misread')
  })

  test('a body beyond its cap', async () => {
    handler = (_, response) => response.end('x'.repeat(2_000))
    const response = await client().request(get('/', { maxBytes: 1_000 }))
    expect((await failure(response.text())).kind).toBe('misread')
  })

  test('a small body that unpacks beyond its cap', async () => {
    handler = (_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(50_000_000)))
    const response = await client().request(get('/', { maxBytes: 1_000_000 }))
    let seen = 0
    const read = async () => {
      for await (const chunk of response.body) seen += chunk.length
    }
    expect((await failure(read())).kind).toBe('misread')
    expect(seen).toBeLessThanOrEqual(1_000_000)
  })

  test('an encoding that was not asked for', async () => {
    handler = (_, response) => response.writeHead(200, { 'content-encoding': 'zstd' }).end('x')
    const response = await client().request(get('/'))
    expect((await failure(response.text())).kind).toBe('misread')
  })

  test('a refused connection', async () => {
    const probe = createTcpServer()
    await new Promise<void>((done) => probe.listen(0, '127.0.0.1', done))
    const place = `127.0.0.1:${(probe.address() as AddressInfo).port}`
    await new Promise((done) => probe.close(done))
    const error = await failure(client().request({ method: 'GET', url: `http://${place}/`, allowedHosts: [place] }))
    expect(error).toMatchObject({ kind: 'unavailable', evidence: { code: 'ECONNREFUSED' } })
  })

  test('something that is not HTTP', async () => {
    const other = createTcpServer((socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n'))
    await new Promise<void>((done) => other.listen(0, '127.0.0.1', done))
    const place = `127.0.0.1:${(other.address() as AddressInfo).port}`
    const error = await failure(client().request({ method: 'GET', url: `http://${place}/`, allowedHosts: [place] }))
    other.close()
    expect(error.kind).toBe('misread')
  })

  test('the caller’s own signal, with the caller’s own reason', async () => {
    handler = () => {}
    const stop = new AbortController()
    const reason = new Error('the activity was cancelled')
    const call = client().request(get('/', { signal: stop.signal }))
    setTimeout(() => stop.abort(reason), 30)
    await expect(call).rejects.toBe(reason)
    await expect(client().request(get('/', { signal: stop.signal }))).rejects.toBe(reason)
  })

  test('the caller’s signal in the middle of a body', async () => {
    handler = (_, response) => void response.writeHead(200).write('begun')
    const stop = new AbortController()
    const response = await client().request(get('/', { signal: stop.signal }))
    const reason = new Error('enough')
    setTimeout(() => stop.abort(reason), 30)
    await expect(response.text()).rejects.toBe(reason)
  })

  test('leaving a body early closes the connection to the server', async () => {
    const closed = new Promise<void>((done) => {
      handler = (_, response) => {
        response.writeHead(200)
        const timer = setInterval(() => response.write('x'.repeat(1000)), 5)
        response.on('close', () => {
          clearInterval(timer)
          done()
        })
      }
    })
    const response = await client().request(get('/'))
    for await (const _ of response.body) break
    await closed
  })
})

describe('an address that is refused', () => {
  test('a host that the call does not list, including the port', async () => {
    for (const allowedHosts of [[], ['router.example'], ['127.0.0.1'], [`127.0.0.1:1`]]) {
      expect((await failure(client().request(get('/', { allowedHosts })))).kind).toBe('not-allowed')
    }
    expect(hits).toBe(0)
  })

  test('a name that resolves to loopback is refused when connecting, and nothing is hit', async () => {
    const one = client({
      allowPrivate: false,
      resolve: (_name, _options, done) => done(null, [{ address: '127.0.0.1', family: 4 }]),
    })
    const url = 'https://provider.example:8443/'
    const error = await failure(one.request({ method: 'GET', url, allowedHosts: ['provider.example:8443'] }))
    expect(error.kind).toBe('not-allowed')
    expect(error.message).toContain('egress.allow_private')
  })

  test('a name that changes its mind after the first look (DNS rebinding)', async () => {
    const answers = ['93.184.215.14', '127.0.0.1']
    let asked = 0
    const one = client({
      allowPrivate: false,
      resolve: (_name, _options, done) => done(null, [{ address: answers[Math.min(asked++, 1)] ?? '', family: 4 }]),
    })
    const request: EgressRequest = {
      method: 'GET',
      url: 'https://rebinding.example/',
      allowedHosts: ['rebinding.example'],
      timeoutMs: 300,
    }
    // The socket uses the first, public address (which is not reachable here); no second lookup happens in between.
    const first = await failure(one.request(request))
    expect(['timed-out', 'unavailable']).toContain(first.kind)
    expect(asked).toBe(1)
    expect((await failure(one.request(request))).kind).toBe('not-allowed')
    expect(hits).toBe(0)
  })

  test('an unchecked address of a name: the socket uses only checked ones', async () => {
    const one = client({
      allowPrivate: false,
      resolve: (_name, _options, done) =>
        done(null, [
          { address: '10.0.0.1', family: 4 },
          { address: '::ffff:127.0.0.1', family: 6 },
          { address: '64:ff9b::7f00:1', family: 6 },
        ]),
    })
    const error = await failure(
      one.request({ method: 'GET', url: 'https://mixed.example/', allowedHosts: ['mixed.example'] }),
    )
    expect(error.kind).toBe('not-allowed')
  })
})
