import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { createServer as createTcpServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Connection } from '@temporalio/client'
import { msToTs } from '@temporalio/common/lib/time.js'
import { registerSearchAttributes } from '../../platform/temporal/search-attributes.js'
import { createSandbox, type Sandbox } from '../../sandbox/server.js'
import { createTestDatabase, type TestDatabase } from './database.js'
import { ManagedProcess } from './processes.js'

const KEY = 'tk_story'
const OPERATOR_KEY = 'ok_story'
const SECRET = 'whsec_dHJpYnV0YXJ5LXN0b3J5LXBvc3RiYWNrLXNlY3JldA=='

/** The postbacks at the panel's endpoint, recorded by the test, independently of the product. */
export interface ToldPostback {
  readonly webhookId: string
  readonly sessionId: string
  readonly type: string
  readonly outcome: string
}

/** The real processes on a database, a Temporal namespace and a simulated gateway of their own. */
export interface Story {
  readonly apiUrl: string
  readonly database: TestDatabase
  readonly sandbox: Sandbox
  readonly api: ManagedProcess
  readonly worker: ManagedProcess
  /** The environment of the processes. */
  readonly env: Readonly<Record<string, string>>
  /** Another API process next to the first, with the same parts. */
  startPeer(): Promise<{ readonly url: string; readonly process: ManagedProcess }>
  readonly told: readonly ToldPostback[]
  call(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<{ status: number; body: Record<string, unknown>; text: string; location: string }>
  operator(path: string): Promise<string>
  close(): Promise<void>
}

/** @param settings `sessions`: that section of the configuration; `demo`: the sandbox's demo is the panel app */
export async function startStory(
  settings: { sessions?: string; demo?: boolean; connections?: (sandboxUrl: string) => string } = {},
): Promise<Story> {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-story-'))
  const namespace = `story-${randomBytes(5).toString('hex')}`
  const temporalAddress = process.env.TEST_TEMPORAL_ADDRESS ?? ''
  const [database, apiPort] = await Promise.all([
    createTestDatabase(),
    freePort(),
    createNamespace(temporalAddress, namespace),
  ])
  const apiUrl = `http://127.0.0.1:${apiPort}`
  const sandbox = createSandbox({
    apiUrl,
    seed: 'story',
    kantar: { plans: 60, completes: { min: 100_000, max: 100_000 } },
    demo: { apiKey: KEY, hookSecret: SECRET },
  })
  const { url: sandboxUrl } = await sandbox.listen(0)
  // connections in addition to the gateway's
  const more = settings.connections?.(sandboxUrl) ?? ''
  const told: ToldPostback[] = []
  const hooks = await listen(hooksServer(told))
  const config = join(folder, 'tributary.yaml')
  writeFileSync(
    config,
    configuration(sandboxUrl, settings.demo ? `${sandboxUrl}/demo` : hooks.url, settings.sessions ?? '') + more,
  )

  const env = {
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: temporalAddress,
    TEMPORAL_NAMESPACE: namespace,
    TRIBUTARY_CONFIG: config,
    HOST: '127.0.0.1',
    PORT: String(apiPort),
    LOG_LEVEL: 'info',
  }
  const peers: ManagedProcess[] = []
  const api = new ManagedProcess('api', 'api/main.ts', env, folder)
  const worker = new ManagedProcess('worker', 'workers/main.ts', env, folder)
  await Promise.all([api.start(), worker.start()])

  const call: Story['call'] = async (method, path, body, headers = {}) => {
    const answer = await fetch(path.startsWith('http') ? path : `${apiUrl}${path}`, {
      method,
      redirect: 'manual',
      signal: AbortSignal.timeout(25_000),
      headers: { 'x-api-key': KEY, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    const json = answer.headers.get('content-type')?.includes('json') ?? false
    return {
      status: answer.status,
      body: json ? (JSON.parse(text) as Record<string, unknown>) : {},
      text,
      location: answer.headers.get('location') ?? '',
    }
  }
  return {
    apiUrl,
    database,
    sandbox,
    api,
    worker,
    env,
    startPeer: async () => {
      const port = await freePort()
      const peer = new ManagedProcess('peer', 'api/main.ts', { ...env, PORT: String(port) }, folder)
      peers.push(peer)
      await peer.start()
      return { url: `http://127.0.0.1:${port}`, process: peer }
    },
    told,
    call,
    operator: async (path) => (await call('GET', path, undefined, { 'x-api-key': OPERATOR_KEY })).text,
    close: async () => {
      await Promise.all([api, worker, ...peers].map((one) => one.stop()))
      await sandbox.close()
      hooks.server.closeAllConnections()
      hooks.server.close()
      await database.drop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Retries until the answer is as wanted, as a panel's client, a browser or a provider does while we restart. */
export async function persist<Result>(
  what: string,
  work: () => Promise<Result | null>,
  forMs = 60_000,
): Promise<Result> {
  const giveUpAt = Date.now() + forMs
  let last: unknown = 'no answer'
  while (Date.now() < giveUpAt) {
    try {
      const result = await work()
      if (result !== null) return result
    } catch (error) {
      last = error
    }
    await new Promise((resolve) => setTimeout(resolve, 150))
  }
  throw new Error(`${what}: gave up after ${forMs} ms (${String(last)})`)
}

async function createNamespace(address: string, namespace: string): Promise<void> {
  const connection = await Connection.connect({ address })
  try {
    await connection.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: msToTs('24h'),
    })
    await persist('search attributes', async () => {
      await registerSearchAttributes(connection, namespace)
      return true
    })
  } finally {
    await connection.close()
  }
}

function hooksServer(told: ToldPostback[]): Server {
  return createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { type, data } = JSON.parse(Buffer.concat(chunks).toString()) as {
        type: string
        data: { session_id: string; outcome: string }
      }
      told.push({
        webhookId: String(request.headers['webhook-id']),
        sessionId: data.session_id,
        type,
        outcome: data.outcome,
      })
      response.writeHead(204).end()
    })
  })
}

async function listen(server: Server): Promise<{ server: Server; url: string }> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return { server, url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}` }
}

async function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createTcpServer()
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}

function configuration(sandboxUrl: string, panelUrl: string, sessions: string): string {
  const verify = (location: string) =>
    `{ kind: jws, location: ${location}, parameter: jws, algorithms: [RS256], jwks_url: "${sandboxUrl}/kantar/.well-known/jwks.json", issuer: "${sandboxUrl}/kantar", audience: tributary }`
  return `egress: { allow_private: true }
limits: { per_key_per_second: 10000, burst: 10000 }
${sessions}
operators: [{ id: ops, api_key: "${OPERATOR_KEY}", roles: [ops, finance] }]
panels:
  - id: lifepoints
    api_key: "${KEY}"
    markets: { USA: { locales: [en-US], currency: USD } }
    redirects: { default: "${panelUrl}/done" }
    postback: { url: "${panelUrl}/hooks", secret: "${SECRET}" }
    reward: { currency: points, per_major_unit: 100, share_percent: 50, screenout: 0 }
connections:
  - id: kantar-sandbox
    provider: kantar
    supply_url: "${sandboxUrl}/kantar/supply"
    api_key: "kantar-sandbox-key"
    poll: 2s
    returns: { verify: ${verify('query')} }
    postbacks: { verify: ${verify('body')} }
`
}
