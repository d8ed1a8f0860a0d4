import { ApplicationFailure } from '@temporalio/common'
import type { TestWorkflowEnvironment } from '@temporalio/testing'
import { Worker } from '@temporalio/worker'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { JanitorActivities, LeftBehind } from '../../activities/janitor.js'
import { janitor } from '../../workflows/janitor.js'
import { claimWorkflowId, position, postbackWorkflowId, sessionWorkflowId } from '../../workflows/messages/session.js'
import { sessionStart } from '../../workflows/messages/session-start.js'
import { respondentSession } from '../../workflows/respondent-session.js'
import { COMPLETION_TTL, ENTRY_TTL, FakeSessions, nothingLeft } from '../support/fake-sessions.js'
import { createOwnTemporal, type OwnTemporal } from '../support/own-temporal.js'
import { SOON } from '../support/patience.js'
import { createTimeSkipping, testWorkflowBundle } from '../support/temporal.js'

/** Long enough for a machine that is busy with everything else. */

let rounds = 0
let tidied = 0
let leftBehind: (round: number) => LeftBehind
const activities: JanitorActivities = {
  findLeftBehind: async () => {
    rounds += 1
    return leftBehind(rounds)
  },
  tidy: async () => {
    tidied += 1
    return { partitions: 0, keys: 0, matches: 0 }
  },
}
beforeEach(() => {
  rounds = 0
  tidied = 0
  leftBehind = () => nothingLeft
})

const factsOf = (sessionId: string, now: number) => ({
  sessionId,
  connection: 'kantar-us',
  provider: 'kantar',
  panel: 'lifepoints',
  country: 'USA',
  price: '1.50 USD',
  entryTtlMs: ENTRY_TTL,
  completionTtlMs: COMPLETION_TTL,
  entryDeadline: now + ENTRY_TTL,
})

describe('over the hours', () => {
  let env: TestWorkflowEnvironment
  let worker: Worker
  let ended: Promise<unknown>
  let janitors = 0

  beforeAll(async () => {
    const [server, workflowBundle] = await Promise.all([createTimeSkipping(), testWorkflowBundle()])
    env = server
    worker = await Worker.create({
      connection: env.nativeConnection,
      taskQueue: 'sessions',
      workflowBundle,
      activities,
    })
    ended = worker.run()
  })
  afterAll(async () => {
    worker.shutdown()
    await ended
    await env.teardown()
  })

  /** Runs a janitor for a while, then lets it fail, because terminating it would stop this server's clock. */
  async function sweep(duration: string, check: (workflowId: string) => Promise<void> = async () => {}): Promise<void> {
    janitors += 1
    const workflowId = `janitor-${janitors}`
    await env.client.workflow.start(janitor, { taskQueue: 'sessions', workflowId })
    await env.sleep(duration)
    await check(workflowId)
    leftBehind = () => {
      throw ApplicationFailure.nonRetryable('that will do')
    }
    const end = env.client.workflow.getHandle(workflowId).result()
    await end.catch(() => undefined)
  }

  test('runs a round every fifteen seconds, and housekeeping less often', async () => {
    await sweep('10 minutes')
    expect(rounds).toBeGreaterThanOrEqual(38)
    expect(rounds).toBeLessThanOrEqual(43)
    expect(tidied).toBe(1)
  })

  test('continues after the database was down', async () => {
    leftBehind = (round) => {
      if (round < 4) throw ApplicationFailure.retryable('PostgreSQL is away')
      return nothingLeft
    }
    await sweep('5 minutes')
    expect(rounds).toBeGreaterThan(10)
  })

  test('continues as new before its history grows long, and loses no round', async () => {
    await sweep('70 minutes', async (workflowId) => {
      const handle = env.client.workflow.getHandle(workflowId)
      const { events } = await handle.fetchHistory()
      expect(events?.length).toBeLessThan(2_000)
      const { raw } = await handle.describe()
      expect(raw.workflowExecutionInfo?.firstRunId).not.toBe(raw.workflowExecutionInfo?.execution?.runId)
    })
    expect(rounds).toBeGreaterThanOrEqual(270)
    expect(rounds).toBeLessThanOrEqual(286)
    expect(tidied).toBeGreaterThanOrEqual(3)
  })
})

describe('abandoned rows', () => {
  let temporal: OwnTemporal
  let world: FakeSessions
  let workers: Worker[]
  let ended: Promise<unknown>

  beforeAll(async () => {
    const [own, workflowBundle] = await Promise.all([createOwnTemporal(), testWorkflowBundle()])
    temporal = own
    world = new FakeSessions(async () => Date.now())
    const { native: connection, namespace } = temporal
    const common = { connection, namespace, activities: { ...world.activities, ...activities } }
    workers = [
      await Worker.create({ ...common, taskQueue: 'sessions', workflowBundle }),
      await Worker.create({ ...common, taskQueue: 'entry-kantar-us' }),
      await Worker.create({ ...common, taskQueue: 'postbacks' }),
    ]
    ended = Promise.all(workers.map((worker) => worker.run()))
  })
  afterAll(async () => {
    for (const worker of workers) worker.shutdown()
    await ended
    await temporal.close()
  })

  let janitors = 0
  /** One round of a janitor that finds this. @returns its current details */
  async function round(found: Partial<LeftBehind>): Promise<string> {
    janitors += 1
    leftBehind = () => ({ ...nothingLeft, ...found })
    const handle = await temporal.client.workflow.start(janitor, {
      taskQueue: 'sessions',
      workflowId: `round-${janitors}`,
    })
    const details = async () =>
      (await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata')).currentDetails
    await expect.poll(details, SOON).toContain('Last round')
    const said = await details()
    await handle.terminate()
    return said
  }

  test('a lost session is started once, also when found again, and outlives the janitor', async () => {
    await world.create('lost')
    const lost = factsOf('lost', Date.now())
    expect(await round({ sessions: [lost] })).toContain('1 sessions started')
    await round({ sessions: [lost] })
    const session = temporal.client.workflow.getHandle(sessionWorkflowId('lost'))
    await expect.poll(() => session.query(position), SOON).toMatchObject({ state: 'created' })
    expect(world.of('lost').calls).toEqual(['openEntry'])
    const { typedSearchAttributes, staticSummary } = await session.describe()
    expect(typedSearchAttributes.getAll().map(({ key }) => key.name)).toContain('TributaryConnection')
    expect(await staticSummary()).toBe('kantar-us · USA · 1.50 USD · panel lifepoints')
  })

  test('a running session is signalled about a claim, without another workflow', async () => {
    await world.create('deaf')
    const start = sessionStart(factsOf('deaf', Date.now()))
    const session = await temporal.client.workflow.start(respondentSession, start)
    await expect.poll(() => session.query(position), SOON).toMatchObject({ state: 'created' })
    await world.click('deaf')
    world.claim('deaf', 'COMPLETED')
    await round({ claims: [{ claimId: 'c-deaf', sessionId: 'deaf' }] })
    expect(await session.result()).toMatchObject({ outcome: 'COMPLETED' })
    expect(world.of('deaf').applied).toBe(1)
    await expect(temporal.client.workflow.getHandle(claimWorkflowId('c-deaf')).describe()).rejects.toThrow(/not found/i)
  })

  test('a claim of a session without a running workflow gets its own workflow', async () => {
    await world.create('gone')
    world.claim('gone', 'COMPLETED')
    await round({ claims: [{ claimId: 'c-gone', sessionId: 'gone' }] })
    await temporal.client.workflow.getHandle(claimWorkflowId('c-gone')).result()
    expect(world.of('gone')).toMatchObject({ applied: 1, delivered: new Set(['gone#1']) })
  })

  test('a message without a delivering workflow is sent', async () => {
    await world.create('mute')
    world.claim('mute', 'COMPLETED')
    await round({ postbacks: [{ postbackId: 'mute#1', redelivery: 3 }] })
    await temporal.client.workflow.getHandle(postbackWorkflowId('mute#1', 3)).result()
    expect(world.of('mute').delivered.size).toBe(1)
  })

  test('one failure does not stop the others', async () => {
    await world.create('fine')
    await world.create('taken')
    const taken = factsOf('taken', Date.now())
    await temporal.client.workflow.start(respondentSession, sessionStart(taken))
    await round({
      sessions: [taken, factsOf('fine', Date.now())],
      claims: [{ claimId: 'c-none', sessionId: 'none' }],
      postbacks: [{ postbackId: 'none#1', redelivery: 1 }],
    })
    await expect.poll(() => world.of('fine').calls, SOON).toEqual(['openEntry'])
    expect(world.of('taken').calls).toEqual(['openEntry'])
  })
})
