import type { TestWorkflowEnvironment } from '@temporalio/testing'
import { Worker } from '@temporalio/worker'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { supplyQueue } from '../../domain/task-queues.js'
import { failpointSinks } from '../../workers/failpoint-sinks.js'
import { pollPosition } from '../../workflows/messages/poll.js'
import { pollProvider } from '../../workflows/poll-provider.js'
import { aPage, FakeSupply, unavailable } from '../support/fake-supply.js'
import { createTimeSkipping, testWorkflowBundle } from '../support/temporal.js'

const POLLS = Number(process.env.TRIBUTARY_POLLS ?? 20_000)
const EVERY_MS = 12_000
const connection = 'kantar-us'

let env: TestWorkflowEnvironment
let bundle: { code: string }

beforeAll(async () => {
  ;[env, bundle] = await Promise.all([createTimeSkipping(), testWorkflowBundle()])
})
afterAll(() => env.teardown())

test(`${POLLS} polls, 2 % failing: history below 10,240 events, payloads small (F14)`, async () => {
  const supply = new FakeSupply()
  let stored = 0
  supply.poll = (n) => {
    if (n % 50 === 0) throw unavailable()
    stored += 1
    return aPage({
      everyMs: EVERY_MS,
      committed: String(stored),
      acked: String(stored - 1),
      toAcknowledge: String(stored),
    })
  }
  const common = { connection: env.nativeConnection, activities: supply.activities }
  const workers = [
    await Worker.create({ ...common, taskQueue: 'supply', workflowBundle: bundle, sinks: failpointSinks }),
    await Worker.create({ ...common, taskQueue: supplyQueue(connection) }),
  ]
  const ended = Promise.all(workers.map((worker) => worker.run()))
  const loop = await env.client.workflow.start(pollProvider, {
    workflowId: `poll:${connection}`,
    taskQueue: 'supply',
    args: [{ connection, provider: 'kantar' }],
  })
  let runId = (await loop.describe()).runId
  while (supply.polls < POLLS) await env.sleep(50 * EVERY_MS)
  const position = await loop.query(pollPosition)
  expect(position.polls).toBeGreaterThanOrEqual(POLLS)
  expect(Number(position.acked)).toBe(stored)
  expect(supply.overlapping).toBe(0)

  let runs = 0
  for (;;) {
    const events = (await env.client.workflow.getHandle(loop.workflowId, runId).fetchHistory()).events ?? []
    runs += 1
    expect(events.length).toBeLessThan(10_240)
    for (const event of events) expect(JSON.stringify(event).length).toBeLessThan(16_384)
    const next = events.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId
    if (!next) break
    runId = next
  }
  expect(runs).toBeGreaterThanOrEqual(POLLS / 250)
  await loop.terminate('test over')
  for (const worker of workers) worker.shutdown()
  await ended
}, 3_600_000)
