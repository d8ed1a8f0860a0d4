import type { WorkflowHandle } from '@temporalio/client'
import { ApplicationFailure } from '@temporalio/common'
import type { TestWorkflowEnvironment } from '@temporalio/testing'
import { Worker } from '@temporalio/worker'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { fieldPlan } from '../../workflows/field-plan.js'
import { planChanged, planPosition, planStart } from '../../workflows/messages/plan.js'
import { FakePlans, type PlanTruth } from '../support/fake-plans.js'
import { SOON } from '../support/patience.js'
import { createTimeSkipping, testWorkflowBundle } from '../support/temporal.js'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
/** Long enough for a machine that is busy with everything else. */

let env: TestWorkflowEnvironment
let bundle: { code: string }
let world: FakePlans
let worker: Worker
let ended: Promise<unknown>
let plans = 0

beforeAll(async () => {
  ;[env, bundle] = await Promise.all([createTimeSkipping(), testWorkflowBundle()])
  world = new FakePlans(() => env.currentTimeMs())
  await work()
})
afterAll(async () => {
  await rest()
  await env.teardown()
})
beforeEach(() => {
  world.looking = () => {}
})

async function work(cache: { maxCachedWorkflows?: number } = {}): Promise<void> {
  worker = await Worker.create({
    connection: env.nativeConnection,
    taskQueue: 'sessions',
    workflowBundle: bundle,
    activities: world.activities,
    ...cache,
  })
  ended = worker.run()
}
async function rest(): Promise<void> {
  worker.shutdown()
  await ended
}

type Plan = WorkflowHandle<typeof fieldPlan>

/** A plan as the API starts it. */
async function field(
  given: (now: number) => Partial<PlanTruth> = () => ({}),
): Promise<{ id: string; plan: Plan; truth: PlanTruth; now: number }> {
  plans += 1
  const id = `p${plans}`
  const now = await env.currentTimeMs()
  const truth = world.create(id, given(now))
  return { id, plan: await start(id, truth), truth, now }
}
const start = (id: string, truth: PlanTruth) =>
  env.client.workflow.start(fieldPlan, {
    ...planStart({ planId: id, country: 'USA', price: '1.50 USD', target: truth.target, finishAt: truth.finishAt }),
    workflowIdConflictPolicy: 'USE_EXISTING',
  })
const closes = (at: number, truth: PlanTruth) => Math.abs((truth.closedAt ?? 0) - at)
/** The buyer closes the plan, because a workflow that a test leaves running would keep this server's clock busy. */
async function close(plan: Plan, truth: PlanTruth): Promise<void> {
  truth.status = 'closed'
  await plan.signal(planChanged)
  await plan.result()
}

describe('the finish date', () => {
  test('closes the plan when it is reached, and ends the workflow', async () => {
    const { plan, truth, now } = await field((start) => ({ finishAt: start + 10 * DAY }))
    expect(await plan.result()).toMatchObject({ state: 'closed', reason: 'finish_date', nextLookAt: null })
    expect(closes(now + 10 * DAY, truth)).toBeLessThan(MINUTE)
  })

  test('closes a paused plan too', async () => {
    const { plan, truth, now } = await field((start) => ({ finishAt: start + 2 * DAY, status: 'paused' }))
    expect(await plan.result()).toMatchObject({ state: 'closed', reason: 'finish_date' })
    expect(closes(now + 2 * DAY, truth)).toBeLessThan(MINUTE)
  })

  test('that is moved forward applies immediately after the signal', async () => {
    const { plan, truth, now } = await field((start) => ({ finishAt: start + 30 * DAY }))
    await expect.poll(() => truth.looks.length, SOON).toBeGreaterThan(0)
    truth.finishAt = now + 30 * MINUTE
    await plan.signal(planChanged)
    await plan.result()
    expect(closes(now + 30 * MINUTE, truth)).toBeLessThan(MINUTE)
  })

  test('that is moved back without a signal is read at the old date', async () => {
    const { plan, truth, now } = await field((start) => ({ finishAt: start + DAY }))
    await expect.poll(() => truth.looks.length, SOON).toBeGreaterThan(0)
    truth.finishAt = now + 3 * DAY
    await plan.result()
    expect(closes(now + 3 * DAY, truth)).toBeLessThan(MINUTE)
  })
})

describe('a soft launch', () => {
  test('is followed by the full launch when its pause is over', async () => {
    const { plan, truth, now } = await field((start) => ({
      soft: { completes: 5, pauseMs: 2 * HOUR },
      finishAt: start + DAY,
    }))
    await env.sleep('3 hours')
    expect(await plan.query(planPosition)).toMatchObject({ softLaunch: { completes: 5, reached: false } })
    expect(truth.fullyLaunchedAt).toBeNull()
    // a complete reaches it, without a signal
    Object.assign(truth, { completes: 5, reachedAt: await env.currentTimeMs() })
    await env.sleep('30 minutes')
    expect(await plan.query(planPosition)).toMatchObject({ softLaunch: { completes: 5, reached: true } })
    await env.sleep('2 hours')
    expect((truth.fullyLaunchedAt ?? 0) - (truth.reachedAt ?? 0)).toBeGreaterThanOrEqual(2 * HOUR)
    expect((truth.fullyLaunchedAt ?? 0) - (truth.reachedAt ?? 0)).toBeLessThan(2 * HOUR + MINUTE)
    expect(await plan.query(planPosition)).toMatchObject({ state: 'open', softLaunch: null })
    await plan.result()
    expect(closes(now + DAY, truth)).toBeLessThan(MINUTE)
  })

  test('with a short pause is read more often', async () => {
    const { plan, truth } = await field(() => ({ soft: { completes: 1, pauseMs: 2 * MINUTE } }))
    await env.sleep('1 hour')
    Object.assign(truth, { completes: 1, reachedAt: await env.currentTimeMs() })
    await env.sleep('5 minutes')
    expect((truth.fullyLaunchedAt ?? Number.POSITIVE_INFINITY) - (truth.reachedAt ?? 0)).toBeLessThan(4 * MINUTE)
    await close(plan, truth)
  })
})

describe('the end', () => {
  test('follows the buyer’s closing, and a reopened plan starts again under the same id', async () => {
    const { id, plan, truth } = await field((start) => ({ finishAt: start + DAY }))
    await close(plan, truth)
    expect(await plan.result()).toMatchObject({ state: 'closed', reason: 'buyer' })
    truth.status = 'open'
    const before = truth.looks.length
    const again = await start(id, truth)
    expect(await again.result()).toMatchObject({ state: 'closed', reason: 'finish_date' })
    expect(truth.looks.length).toBeGreaterThan(before)
    expect((await again.describe()).workflowId).toBe((await plan.describe()).workflowId)
  })

  test('follows within an hour for a plan that a complete has filled', async () => {
    const { plan, truth, now } = await field()
    await env.sleep('10 minutes')
    Object.assign(truth, { status: 'closed', reason: 'filled', completes: 30 })
    expect(await plan.result()).toMatchObject({ reason: 'filled', completes: 30, target: 30 })
    expect((await plan.describe()).closeTime?.getTime()).toBeLessThan(now + 61 * MINUTE)
  })

  test('follows for a deleted plan and for an unknown one', async () => {
    const { plan, truth } = await field(() => ({ status: 'closed', deleted: true }))
    expect(await plan.result()).toMatchObject({ state: 'deleted' })
    expect(truth.looks).toHaveLength(1)
    const nobody = await start('nobody', truth)
    expect(await nobody.result()).toMatchObject({ state: 'deleted', completes: 0 })
  })

  test('does not follow when the plan reopens during the activity that read it as closed', async () => {
    const { plan, truth } = await field((start) => ({ finishAt: start + DAY, status: 'closed' }))
    world.looking = async (attempt) => {
      if (attempt !== 1) return
      await plan.signal(planChanged)
      setTimeout(() => {
        truth.status = 'open'
      }, 0)
    }
    expect(await plan.result()).toMatchObject({ state: 'closed', reason: 'finish_date' })
    expect(truth.looks.length).toBeGreaterThan(1)
  })
})

describe('lookAfterPlan', () => {
  test('is retried while PostgreSQL is down', async () => {
    world.looking = (attempt) => {
      if (attempt <= 4) throw ApplicationFailure.retryable('PostgreSQL is away')
    }
    const { plan, truth, now } = await field((start) => ({ finishAt: start + HOUR }))
    await plan.result()
    expect(closes(now + HOUR, truth)).toBeLessThan(2 * MINUTE)
  })

  test('runs once an hour when nothing is due', async () => {
    const { plan, truth } = await field()
    await env.sleep('24 hours')
    expect(truth.looks.length).toBeGreaterThanOrEqual(24)
    expect(truth.looks.length).toBeLessThanOrEqual(26)
    await close(plan, truth)
  })

  test('works without a workflow cache, where every task is a replay', async () => {
    await rest()
    await work({ maxCachedWorkflows: 0 })
    const { plan, truth, now } = await field((start) => ({
      finishAt: start + 5 * HOUR,
      soft: { completes: 1, pauseMs: HOUR },
      completes: 1,
    }))
    await env.sleep('2 hours')
    await plan.signal(planChanged)
    await plan.result()
    expect(closes(now + 5 * HOUR, truth)).toBeLessThan(MINUTE)
    expect((truth.fullyLaunchedAt ?? 0) - now).toBeLessThan(HOUR + MINUTE)
    await rest()
    await work()
  })
})

test('an operator sees search attributes, details, and a summary of every timer', async () => {
  const { plan, truth } = await field((start) => ({
    finishAt: start + 3 * DAY,
    soft: { completes: 5, pauseMs: 2 * HOUR },
    completes: 2,
  }))
  const attributes = async (): Promise<Record<string, unknown>> => {
    const { typedSearchAttributes } = await plan.describe()
    return Object.fromEntries(typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]))
  }
  await expect.poll(async () => (await attributes()).TributaryState, SOON).toBe('open')
  expect(await attributes()).toMatchObject({
    TributaryProvider: 'gateway',
    TributaryConnection: 'gateway',
    TributaryMarkets: ['USA'],
    TributaryDeadline: new Date(truth.finishAt ?? 0),
  })
  const details = async () =>
    (await plan.query<{ currentDetails: string }>('__temporal_workflow_metadata')).currentDetails
  expect(await details()).toContain('**open** · 2 of 30 completes')
  expect(await details()).toContain('| soft launch | 5 completes at first |')
  truth.status = 'paused'
  await plan.signal(planChanged)
  await expect.poll(async () => (await attributes()).TributaryState, SOON).toBe('paused')
  await plan.result()
  expect(await attributes()).toMatchObject({ TributaryState: 'closed' })
  expect(await details()).toContain('**closed (finish date)**')

  const { events = [] } = await plan.fetchHistory()
  const summaries = (events ?? []).flatMap(({ userMetadata }) => {
    const data = userMetadata?.summary?.data
    return data ? [JSON.parse(Buffer.from(data).toString()) as string] : []
  })
  expect(summaries).toEqual(
    expect.arrayContaining([
      'gateway · USA · 1.50 USD · 30 completes',
      'close it, or begin its full launch, if that is due',
      'check whether the soft launch is reached',
    ]),
  )
})
