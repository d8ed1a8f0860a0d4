import { Worker } from '@temporalio/worker'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { JanitorActivities, LeftBehind } from '../../activities/janitor.js'
import { PlanDriver } from '../../api/plan-driver.js'
import { fieldPlan } from '../../workflows/field-plan.js'
import { janitor } from '../../workflows/janitor.js'
import { planPosition, planStart, planWorkflowId } from '../../workflows/messages/plan.js'
import { createTestDatabase, type TestDatabase } from '../support/database.js'
import { FakePlans, type PlanTruth } from '../support/fake-plans.js'
import { nothingLeft } from '../support/fake-sessions.js'
import { createOwnTemporal, type OwnTemporal } from '../support/own-temporal.js'
import { SOON } from '../support/patience.js'
import { launch } from '../support/plans.js'
import { testWorkflowBundle } from '../support/temporal.js'

/** Long enough for a machine that is busy with everything else. */
const DAY = 86_400_000

let temporal: OwnTemporal
let database: TestDatabase
let world: FakePlans
let worker: Worker
let ended: Promise<unknown>
let leftBehind: LeftBehind = nothingLeft

beforeAll(async () => {
  const [own, made, workflowBundle] = await Promise.all([
    createOwnTemporal(),
    createTestDatabase(),
    testWorkflowBundle(),
  ])
  temporal = own
  database = made
  world = new FakePlans(async () => Date.now())
  const housekeeping: JanitorActivities = {
    findLeftBehind: async () => leftBehind,
    tidy: async () => ({ partitions: 0, keys: 0 }),
  }
  worker = await Worker.create({
    connection: temporal.native,
    namespace: temporal.namespace,
    taskQueue: 'sessions',
    workflowBundle,
    activities: { ...world.activities, ...housekeeping },
  })
  ended = worker.run()
})
afterAll(async () => {
  worker.shutdown()
  await ended
  await temporal.close()
  await database.drop()
})

const factsOf = (planId: string, truth: PlanTruth) => ({
  planId,
  country: 'USA',
  price: '1.50 USD',
  target: truth.target,
  finishAt: truth.finishAt,
})
const positionOf = (planId: string) => temporal.client.workflow.getHandle(planWorkflowId(planId)).query(planPosition)
const stateOf = async (planId: string) => (await positionOf(planId)).state

let janitors = 0
/** One round of a janitor that finds this. @returns its current details */
async function round(found: Partial<LeftBehind>): Promise<string> {
  janitors += 1
  leftBehind = { ...nothingLeft, ...found }
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

test('a plan without a workflow gets one, which outlives the janitor', async () => {
  const truth = world.create('lost', { finishAt: Date.now() + DAY })
  expect(await round({ plans: [factsOf('lost', truth)] })).toContain('1 plans started')
  await expect.poll(() => stateOf('lost'), SOON).toBe('open')
  const workflow = await temporal.client.workflow.getHandle(planWorkflowId('lost')).describe()
  expect(await workflow.staticSummary()).toBe('gateway · USA · 1.50 USD · 30 completes')
  expect(workflow.typedSearchAttributes.getAll().map(({ key }) => key.name)).toContain('TributaryDeadline')
})

test('a plan with a running workflow gets a signal instead', async () => {
  const truth = world.create('deaf')
  await temporal.client.workflow.start(fieldPlan, planStart(factsOf('deaf', truth)))
  await expect.poll(() => stateOf('deaf'), SOON).toBe('open')
  truth.status = 'paused'
  await round({ plans: [factsOf('deaf', truth)] })
  await expect.poll(() => stateOf('deaf'), SOON).toBe('paused')
})

test('a plan that a complete has filled gets a signal, and its workflow ends', async () => {
  const truth = world.create('filled')
  const plan = await temporal.client.workflow.start(fieldPlan, planStart(factsOf('filled', truth)))
  await expect.poll(() => stateOf('filled'), SOON).toBe('open')
  Object.assign(truth, { status: 'closed', reason: 'filled', completes: 30 })
  await round({ closedPlans: [factsOf('filled', truth)] })
  expect(await plan.result()).toMatchObject({ state: 'closed', reason: 'filled' })
})

test('a closed plan without a workflow gets one more look, so that it leaves the list', async () => {
  const truth = world.create('terminated', { status: 'closed' })
  await round({ closedPlans: [factsOf('terminated', truth)] })
  expect(await temporal.client.workflow.getHandle(planWorkflowId('terminated')).result()).toMatchObject({
    state: 'closed',
  })
  expect(truth.looks).toHaveLength(1)
})

test('the API starts the workflow of a new plan, and signals a running one', async () => {
  const planId = await launch(database.knex, { finishDate: new Date(Date.now() + DAY).toISOString() })
  const driver = new PlanDriver(temporal.client, database.knex, { debug: () => {} })
  const truth = world.create(planId, { finishAt: Date.now() + DAY })
  await driver.tell(planId)
  await expect.poll(() => stateOf(planId), SOON).toBe('open')
  truth.status = 'paused'
  driver.changed(planId)
  await expect.poll(() => stateOf(planId), SOON).toBe('paused')
  truth.status = 'closed'
  await driver.tell(planId)
  await temporal.client.workflow.getHandle(planWorkflowId(planId)).result()
  // reopened: another run under the same id
  truth.status = 'open'
  await driver.tell(planId)
  await expect.poll(() => stateOf(planId), SOON).toBe('open')
})

test('the API does not wait or fail while Temporal is down or the plan is gone', async () => {
  const lines: string[] = []
  const away = {
    connection: { withDeadline: () => Promise.reject(new Error('away')) },
  } as unknown as ConstructorParameters<typeof PlanDriver>[0]
  const driver = new PlanDriver(away, database.knex, { debug: (_facts, text) => lines.push(text) })
  await expect(driver.tell('plan_of_nobody')).resolves.toBeUndefined()
  driver.changed(await launch(database.knex))
  await expect.poll(() => lines, SOON).toEqual(['Temporal did not get the signal; the janitor repeats it'])
})
