import type { WorkflowHandle } from '@temporalio/client'
import type { TestWorkflowEnvironment } from '@temporalio/testing'
import { Worker } from '@temporalio/worker'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { supplyQueue } from '../../domain/task-queues.js'
import { failpointSinks } from '../../workers/failpoint-sinks.js'
import {
  configChanged,
  type PollInput,
  type PollPosition,
  pausePolling,
  pollNow,
  pollPosition,
  resumePolling,
} from '../../workflows/messages/poll.js'
import { pollProvider } from '../../workflows/poll-provider.js'
import { aPage, FakeSupply, unauthorized, unavailable } from '../support/fake-supply.js'
import { createTimeSkipping, testWorkflowBundle } from '../support/temporal.js'

let env: TestWorkflowEnvironment
let bundle: { code: string }
let supply: FakeSupply
let workers: Worker[] = []
let ended: Promise<unknown>
let started: Loop
let connections = 0

beforeAll(async () => {
  ;[env, bundle] = await Promise.all([createTimeSkipping(), testWorkflowBundle()])
})
afterAll(() => env.teardown())
beforeEach(() => {
  supply = new FakeSupply()
})
afterEach(async () => {
  // a loop without workers would stop the server's clock for the next test
  await started.terminate('test over')
  for (const worker of workers) worker.shutdown()
  await ended
  workers = []
})

type Loop = WorkflowHandle<typeof pollProvider>

async function start(given: Partial<PollInput> = {}): Promise<Loop> {
  connections += 1
  const connection = `c${connections}`
  const common = { connection: env.nativeConnection, activities: supply.activities }
  workers = [
    await Worker.create({ ...common, taskQueue: connection, workflowBundle: bundle, sinks: failpointSinks }),
    await Worker.create({ ...common, taskQueue: supplyQueue(connection) }),
  ]
  ended = Promise.all(workers.map((worker) => worker.run()))
  started = await env.client.workflow.start(pollProvider, {
    workflowId: `poll:${connection}`,
    taskQueue: connection,
    args: [{ connection, provider: 'kantar', ...given }],
  })
  return started
}

const at = (loop: Loop): Promise<PollPosition> => loop.query(pollPosition)
async function until(loop: Loop, holds: (position: PollPosition) => boolean): Promise<PollPosition> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const position = await at(loop)
    if (holds(position)) return position
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error(`it never came to that: ${JSON.stringify(await at(loop))}`)
}
/** Milliseconds between the ends of the last polls, newest first. */
const gaps = ({ recent }: PollPosition): number[] =>
  recent.slice(1).map((poll, index) => Date.parse(recent[index]?.at ?? '') - Date.parse(poll.at))

describe('cadence', () => {
  test('polls at the provider’s interval and acknowledges each page after it is stored', async () => {
    supply.poll = (n) => aPage({ committed: String(n), acked: String(n - 1), toAcknowledge: String(n) })
    const loop = await start()
    await env.sleep('4 minutes')
    const position = await at(loop)
    expect(position.polls).toBeGreaterThanOrEqual(20)
    expect(position.polls).toBeLessThanOrEqual(22)
    expect(position).toMatchObject({ state: 'healthy', acked: String(position.polls), markets: ['USA'], failStreak: 0 })
    expect(supply.calls.slice(0, 4)).toEqual(['poll', 'ack 1', 'poll', 'ack 2'])
    expect(supply.overlapping).toBe(0)
  })

  test('never polls before the provider’s own timestamp', async () => {
    supply.poll = async () =>
      aPage({ everyMs: 1_000, notBefore: new Date((await env.currentTimeMs()) + 60_000).toISOString() })
    const loop = await start()
    await env.sleep('5 minutes')
    for (const gap of gaps(await at(loop))) expect(gap).toBeGreaterThanOrEqual(59_900)
  })
})

describe('an operator’s signals', () => {
  test('pause stops polling and is stored; pollNow polls once; resume polls immediately', async () => {
    const loop = await start()
    await until(loop, (position) => position.polls === 1)
    await loop.signal(pausePolling, 'maintenance')
    await until(loop, (position) => position.state === 'paused')
    await env.sleep('1 hour')
    const paused = await at(loop)
    expect(paused).toMatchObject({ paused: true, pausedFor: 'maintenance', nextPollAt: null })
    expect(paused.polls).toBeLessThanOrEqual(2)

    await loop.signal(pollNow)
    await until(loop, (position) => position.polls === paused.polls + 1)
    await env.sleep('1 hour')
    expect(await at(loop)).toMatchObject({ state: 'paused', polls: paused.polls + 1 })

    await loop.signal(resumePolling)
    await until(loop, (position) => position.polls === paused.polls + 2 && position.state === 'healthy')
    expect(supply.calls.filter((call) => call !== 'poll')).toEqual(['paused: maintenance', 'resumed'])
  })

  test('pollNow does not wait for the interval', async () => {
    supply.poll = () => aPage({ everyMs: 24 * 3_600_000 })
    const loop = await start()
    await until(loop, (position) => position.polls === 1)
    await loop.signal(pollNow)
    await until(loop, (position) => position.polls === 2)
  })

  test('a pause during a poll is stored before that poll ends', async () => {
    let finish = (): void => {}
    const stuck = new Promise<void>((resolve) => {
      finish = resolve
    })
    supply.poll = async () => {
      await stuck
      return aPage()
    }
    const loop = await start()
    while (supply.polls === 0) await new Promise((resolve) => setTimeout(resolve, 10))
    await loop.signal(pausePolling, 'now')
    while (!supply.calls.includes('paused: now')) await new Promise((resolve) => setTimeout(resolve, 10))
    finish()
    expect(await until(loop, (position) => position.polls === 1)).toMatchObject({ state: 'paused', health: 'healthy' })
  })
})

describe('failures', () => {
  test('back off exponentially with jitter, and one successful poll ends the streak', async () => {
    supply.poll = (n) => {
      if (n <= 8) throw unavailable()
      return aPage()
    }
    const loop = await start()
    await env.sleep('30 seconds')
    const early = await at(loop)
    expect(early).toMatchObject({ state: 'degraded', reason: 'GET /surveys answered 503' })
    expect(early.failStreak).toBeGreaterThanOrEqual(4)
    expect(early.failStreak).toBeLessThanOrEqual(6)
    const [latest = 0, before = 0] = gaps(early)
    expect(latest).toBeGreaterThan(before)
    await env.sleep('10 minutes')
    expect(await at(loop)).toMatchObject({ state: 'healthy', failStreak: 0, reason: null })
  })

  test('Retry-After is obeyed', async () => {
    supply.poll = (n) => {
      if (n <= 3) throw unavailable(47_000)
      return aPage()
    }
    const loop = await start()
    await env.sleep('160 seconds')
    const { recent } = await at(loop)
    const failed = recent.filter((poll) => poll.failure !== null)
    expect(failed.length).toBe(3)
    for (const gap of gaps({ ...(await at(loop)), recent: failed })) expect(gap).toBeGreaterThanOrEqual(47_000)
  })

  test('a wrong key blocks: one poll per five minutes, and one after a configuration change', async () => {
    supply.poll = () => {
      throw unauthorized()
    }
    const loop = await start()
    await env.sleep('61 minutes')
    const blocked = await at(loop)
    expect(blocked).toMatchObject({ state: 'blocked', reason: 'GET /surveys answered 401' })
    expect(blocked.polls).toBeGreaterThanOrEqual(11)
    expect(blocked.polls).toBeLessThanOrEqual(13)
    supply.poll = () => aPage()
    await loop.signal(configChanged)
    await until(loop, (position) => position.state === 'healthy')
  })

  test('a configuration change during a failing poll is tried immediately', async () => {
    let finish = (): void => {}
    const stuck = new Promise<void>((resolve) => {
      finish = resolve
    })
    supply.poll = async (n) => {
      if (n > 1) return aPage()
      await stuck
      throw unauthorized()
    }
    const loop = await start()
    while (supply.polls === 0) await new Promise((resolve) => setTimeout(resolve, 10))
    await loop.signal(configChanged)
    finish()
    await until(loop, (position) => position.state === 'healthy')
  })

  test('a failed acknowledgement is repeated after the next page', async () => {
    supply.poll = () => aPage({ committed: '10', acked: '0', toAcknowledge: '10' })
    let asked = 0
    supply.ack = () => {
      asked += 1
      if (asked === 1) throw unavailable()
      supply.poll = () => aPage()
    }
    const loop = await start()
    await env.sleep('5 seconds')
    const position = await until(loop, (one) => one.state === 'healthy')
    expect(supply.calls).toEqual(['poll', 'ack 10', 'poll', 'ack 10'])
    expect(position.acked).toBe('10')
  })
})

describe('a long run', () => {
  test('keeps every history far below 10,240 events, without data of the feed', async () => {
    supply.poll = (n) =>
      aPage({ everyMs: 12_000, committed: String(n), acked: String(n - 1), toAcknowledge: String(n) })
    const loop = await start()
    const first = (await loop.describe()).runId
    await env.sleep(300 * 12_000)
    const position = await at(loop)
    expect(position.polls).toBeGreaterThanOrEqual(300)
    expect(Number(position.acked)).toBe(position.polls)

    const runs = await runsOf(loop.workflowId, first)
    for (const run of runs) {
      expect(run.events).toBeLessThan(10_240 / 2)
      expect(run.largestEvent).toBeLessThan(16_384)
    }
    expect(runs.length).toBe(2)
  }, 120_000)
})

/** Every run of a workflow that continued as new: the number of events, and the largest one's bytes as JSON. */
async function runsOf(workflowId: string, first: string): Promise<{ events: number; largestEvent: number }[]> {
  const runs: { events: number; largestEvent: number }[] = []
  let runId = first
  for (;;) {
    const events = (await env.client.workflow.getHandle(workflowId, runId).fetchHistory()).events ?? []
    runs.push({ events: events.length, largestEvent: Math.max(...events.map((event) => JSON.stringify(event).length)) })
    const next = events.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId
    if (!next) return runs
    runId = next
  }
}
