import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import net, { type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { findConnection } from '../../db/stores/connection-store.js'
import { pollWorkflowId } from '../../workflows/messages/poll.js'
import { createTestDatabase, type TestDatabase } from '../support/database.js'
import { FakeGateway, planUpdate } from '../support/fake-gateway.js'
import { createOwnTemporal, type OwnTemporal } from '../support/own-temporal.js'
import { programArguments } from '../support/programs.js'

const checkout = fileURLToPath(new URL('../..', import.meta.url))
let folder: string
let database: TestDatabase
let temporal: OwnTemporal
let gateway: FakeGateway
let child: ChildProcess | null = null
let errors = ''
let tests = 0

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tributary-worker-'))
  ;[database, temporal] = await Promise.all([createTestDatabase(), createOwnTemporal()])
})
afterAll(async () => {
  await Promise.all([temporal.close(), database.drop()])
  rmSync(folder, { recursive: true })
})
beforeEach(async () => {
  tests += 1
  gateway = await FakeGateway.start()
  gateway.publish(planUpdate(1, `plan-${tests}`))
})
afterEach(async () => {
  child?.kill('SIGKILL')
  await temporal.client.workflow
    .getHandle(pollWorkflowId(connection()))
    .terminate('test over')
    .catch(() => {})
  await gateway.close()
})

/** A connection of this test only, which the next test's worker finds removed. */
const connection = (): string => `kantar-${tests}`

function startWorker(env: Record<string, string> = {}): ChildProcess {
  const file = join(folder, 'tributary.yaml')
  writeFileSync(
    file,
    `egress: { allow_private: true }
connections:
  - { id: ${connection()}, provider: kantar, supply_url: "${gateway.url}", api_key: key, poll: 1s }
`,
  )
  errors = ''
  child = spawn(process.execPath, [...programArguments('workers/main.ts'), '--queues', 'supply'], {
    cwd: checkout,
    env: {
      ...process.env,
      DATABASE_URL: database.url,
      TEMPORAL_ADDRESS: process.env.TEST_TEMPORAL_ADDRESS ?? '',
      TEMPORAL_NAMESPACE: temporal.namespace,
      TRIBUTARY_CONFIG: file,
      LOG_LEVEL: 'error',
      NODE_ENV: 'test',
      ...env,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  child.stderr?.on('data', (chunk) => {
    errors += chunk
  })
  return child
}

async function until(what: string, holds: () => boolean | Promise<boolean>, withinMs = 120_000): Promise<void> {
  const deadline = Date.now() + withinMs
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`${what}: not within ${withinMs} ms; ${errors}`)
    await delay(50)
  }
}
const acknowledged = (id: string) => until(`ack ${id}`, () => gateway.acks.includes(id))
const ended = (process: ChildProcess): Promise<{ code: number | null; signal: string | null }> =>
  new Promise((resolve) => process.once('close', (code, signal) => resolve({ code, signal })))

test('polls its connections, and SIGTERM shuts it down while a provider hangs', async () => {
  const worker = startWorker()
  await acknowledged('1')
  expect(await findConnection(database.knex, connection())).toMatchObject({ state: 'healthy', ackedId: '1' })
  const seen = gateway.journal.length
  gateway.answerPoll = () => {}
  await until('a hanging poll', () => gateway.journal.length > seen)
  const end = ended(worker)
  const since = Date.now()
  worker.kill('SIGTERM')
  expect(await end).toEqual({ code: 0, signal: null })
  expect(Date.now() - since).toBeLessThan(12_000)
}, 300_000)

test('killed between commit and acknowledgement, a new worker acknowledges', async () => {
  const worker = startWorker({ TRIBUTARY_FAILPOINTS: 'poll.after_commit=kill' })
  expect(await ended(worker)).toMatchObject({ signal: 'SIGKILL' })
  expect(await findConnection(database.knex, connection())).toMatchObject({ committedId: '1', ackedId: '0' })
  expect(gateway.acks).toEqual([])
  startWorker()
  await acknowledged('1')
  await until('healthy', async () => (await findConnection(database.knex, connection()))?.state === 'healthy')
}, 300_000)

test('started before Temporal, it waits for it', async () => {
  const [host = '', port = ''] = (process.env.TEST_TEMPORAL_ADDRESS ?? '').split(':')
  const proxy = net.createServer((socket) => {
    const upstream = net.connect(Number(port), host)
    socket.pipe(upstream).pipe(socket)
    socket.on('error', () => upstream.destroy())
    upstream.on('error', () => socket.destroy())
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  const { port: own } = proxy.address() as AddressInfo
  await new Promise((resolve) => proxy.close(resolve))
  const worker = startWorker({ TEMPORAL_ADDRESS: `127.0.0.1:${own}` })
  await delay(6_000)
  expect(worker.exitCode).toBeNull()
  await new Promise<void>((resolve) => proxy.listen(own, '127.0.0.1', resolve))
  await acknowledged('1')
  const end = ended(worker)
  worker.kill('SIGTERM')
  expect(await end).toMatchObject({ code: 0 })
  proxy.close()
}, 300_000)

test('failpoints are refused in production', async () => {
  const worker = startWorker({ TRIBUTARY_FAILPOINTS: 'poll.in_txn=kill', NODE_ENV: 'production' })
  expect(await ended(worker)).toEqual({ code: 1, signal: null })
  expect(errors.trim().split('\n')).toEqual([expect.stringMatching(/^TRIBUTARY_FAILPOINTS: .*production/)])
}, 120_000)
