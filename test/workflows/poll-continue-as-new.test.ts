import { Worker } from '@temporalio/worker'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { supplyQueue } from '../../domain/task-queues.js'
import { searchAttribute } from '../../domain/visibility.js'
import { failpointSinks } from '../../workers/failpoint-sinks.js'
import {
  configChanged,
  pausePolling,
  pollNow,
  pollPosition,
  redriveRecord,
  resumePolling,
} from '../../workflows/messages/poll.js'
import { pollProvider } from '../../workflows/poll-provider.js'
import { aPage, FakeSupply } from '../support/fake-supply.js'
import { connectTestTemporal, type SharedTemporal, testWorkflowBundle } from '../support/temporal.js'

let temporal: SharedTemporal
let bundle: { code: string }
let stop: () => Promise<void> = async () => {}
let loops = 0

beforeAll(async () => {
  ;[temporal, bundle] = await Promise.all([connectTestTemporal(), testWorkflowBundle()])
})
afterAll(() => temporal.close())
afterEach(() => stop())

/** A loop with runs of two polls, on a real Temporal server. */
async function startShort(supply: FakeSupply, cached = 100) {
  loops += 1
  const connection = `${temporal.unique}-${loops}`
  const common = { connection: temporal.native, namespace: temporal.namespace, activities: supply.activities }
  const workers = [
    await Worker.create({
      ...common,
      taskQueue: connection,
      workflowBundle: bundle,
      sinks: failpointSinks,
      maxCachedWorkflows: cached,
    }),
    await Worker.create({ ...common, taskQueue: supplyQueue(connection) }),
  ]
  const ended = Promise.all(workers.map((worker) => worker.run()))
  const loop = await temporal.client.workflow.start(pollProvider, {
    workflowId: `poll:${connection}`,
    taskQueue: connection,
    args: [{ connection, provider: 'kantar', pollsPerRun: 2 }],
    typedSearchAttributes: [{ key: searchAttribute('TributaryConnection'), value: connection }],
  })
  stop = async () => {
    await loop.terminate('test over').catch(() => {})
    for (const worker of workers) worker.shutdown()
    await ended
  }
  return loop
}

async function eventually<Value>(read: () => Promise<Value>, holds: (value: Value) => boolean): Promise<Value> {
  for (let attempt = 0; ; attempt++) {
    const value = await read()
    if (holds(value) || attempt === 300) return value
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

test('1,000 signals through many continue-as-new have 1,000 effects (F15)', async () => {
  const supply = new FakeSupply()
  supply.poll = () => aPage({ everyMs: 300 })
  const loop = await startShort(supply)
  const send = [
    () => loop.signal(pausePolling, 'shuffled'),
    () => loop.signal(resumePolling),
    () => loop.signal(pollNow),
    () => loop.signal(configChanged),
  ] as const
  for (let sent = 0; sent < 1_000; sent += 20) {
    await Promise.all(Array.from({ length: 20 }, (_, index) => send[(sent + index) % 4]?.()))
  }
  await loop.signal(resumePolling)
  const position = await eventually(
    () => loop.query(pollPosition),
    ({ signals, paused }) => signals.resume === 251 && !paused,
  )
  expect(position.signals).toEqual({ pause: 250, resume: 251, pollNow: 250, configChanged: 250 })
  // PostgreSQL has the operator's last signal
  await eventually(
    async () => supply.calls.filter((call) => !call.startsWith('poll')).at(-1),
    (call) => call === 'resumed',
  )
  expect(supply.calls.filter((call) => !call.startsWith('poll')).at(-1)).toBe('resumed')
  expect(supply.overlapping).toBe(0)
  expect(position.polls).toBeGreaterThan(6)
  const { raw } = await loop.describe()
  expect(raw.workflowExecutionInfo?.firstRunId).not.toBe(raw.workflowExecutionInfo?.execution?.runId)
}, 240_000)

test('a pause lasts through continue-as-new', async () => {
  const supply = new FakeSupply()
  const loop = await startShort(supply)
  await loop.signal(pausePolling, 'maintenance')
  await eventually(
    () => loop.query(pollPosition),
    ({ paused }) => paused,
  )
  const { polls } = await loop.query(pollPosition)
  // each signal is one poll, and two polls are a run
  for (let asked = 1; asked <= 5; asked++) {
    await loop.signal(pollNow)
    await eventually(
      () => loop.query(pollPosition),
      (position) => position.polls === polls + asked,
    )
  }
  expect(await loop.query(pollPosition)).toMatchObject({ state: 'paused', pausedFor: 'maintenance', polls: polls + 5 })
  expect(supply.calls.filter((call) => call !== 'poll')).toEqual(['paused: maintenance'])
}, 240_000)

test('search attributes and details are carried from run to run', async () => {
  const supply = new FakeSupply()
  supply.poll = () => aPage({ everyMs: 300, markets: ['GBR', 'USA'] })
  const loop = await startShort(supply)
  await eventually(
    () => loop.query(pollPosition),
    ({ polls }) => polls >= 5,
  )
  const described = await loop.describe()
  const attributes = described.typedSearchAttributes
  expect(attributes.get(searchAttribute('TributaryConnection'))).toBe(loop.workflowId.slice(5))
  expect(attributes.get(searchAttribute('TributaryState'))).toBe('healthy')
  expect(attributes.get(searchAttribute('TributaryMarkets'))).toEqual(['GBR', 'USA'])
  expect(attributes.get(searchAttribute('TributaryLastSuccess'))).toBeInstanceOf(Date)
  const { currentDetails } = await loop.query<{ currentDetails: string }>('__temporal_workflow_metadata')
  expect(currentDetails).toContain(`${loop.workflowId.slice(5)} (kantar) · **Healthy** · last poll`)
}, 240_000)

test('works without a workflow cache, where every task is a replay', async () => {
  const supply = new FakeSupply()
  supply.poll = () => aPage({ everyMs: 300 })
  const loop = await startShort(supply, 0)
  await loop.signal(pausePolling, 'a moment')
  await loop.signal(resumePolling)
  const position = await eventually(
    () => loop.query(pollPosition),
    ({ polls }) => polls >= 5,
  )
  expect(position.signals).toMatchObject({ pause: 1, resume: 1 })
  expect(await loop.executeUpdate(redriveRecord, { args: ['some-id'] })).toMatchObject({ state: 'redriven' })
}, 240_000)
