import { readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { ApplicationFailure } from '@temporalio/common'
import { Worker } from '@temporalio/worker'
import { fieldPlan } from '../../workflows/field-plan.js'
import { janitor } from '../../workflows/janitor.js'
import { planChanged, planStart, planWorkflowId } from '../../workflows/messages/plan.js'
import { FakePlans, type PlanTruth } from '../support/fake-plans.js'
import { historyToText } from '../support/history.js'
import { createOwnTemporal } from '../support/own-temporal.js'
import { testWorkflowBundle } from '../support/temporal.js'

// Records the current history of the plans' workflow for a release: npx tsx test/replay/record-plan.ts v1
// (with `node scripts/dev-servers.mjs` running). Never record over the histories of a released version.
const [version = ''] = process.argv.slice(2)
if (!/^v\d+$/.test(version)) throw new Error('give the version, such as v1')
Object.assign(process.env, JSON.parse(readFileSync('.tributary-dev/servers.json', 'utf8')))

const temporal = await createOwnTemporal()
const world = new FakePlans(async () => Date.now())
const factsOf = (planId: string, truth: PlanTruth) => ({
  planId,
  country: 'USA',
  price: '1.50 USD',
  target: truth.target,
  finishAt: truth.finishAt,
})
let rounds = 0
const swept = world.create('swept', { status: 'closed' })
const told = world.create('told')
const worker = await Worker.create({
  connection: temporal.native,
  namespace: temporal.namespace,
  taskQueue: 'sessions',
  workflowBundle: await testWorkflowBundle(),
  activities: {
    ...world.activities,
    findLeftBehind: async () => {
      rounds += 1
      if (rounds > 1) throw ApplicationFailure.nonRetryable('end of the recording')
      const [plans, closedPlans] = [
        [factsOf('swept', swept), factsOf('told', told)],
        [factsOf('told', told), factsOf('swept-too', swept)],
      ]
      return { sessions: [], claims: [], postbacks: [], plans, closedPlans, stamped: 2 }
    },
    tidy: async () => ({ partitions: 0, keys: 0, matches: 0, plans: 0 }),
  },
})
const ended = worker.run()

async function save(name: string, workflowId: string): Promise<void> {
  const history = await temporal.client.workflow.getHandle(workflowId).fetchHistory()
  writeFileSync(new URL(`histories/plan-${version}-${name}.json`, import.meta.url), historyToText(history))
}
type Plan = Awaited<ReturnType<typeof start>>
const start = (id: string, truth: PlanTruth) => temporal.client.workflow.start(fieldPlan, planStart(factsOf(id, truth)))
const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await delay(20)
}

const paths: Record<string, { given: Partial<PlanTruth>; live: (truth: PlanTruth, plan: Plan) => Promise<void> }> = {
  'finish-date': { given: { finishAt: Date.now() + 4_000 }, live: async () => {} },
  'closed-by-the-buyer': {
    given: { finishAt: Date.now() + 86_400_000 },
    live: async (truth, plan) => {
      await until(() => truth.looks.length > 0)
      truth.status = 'paused'
      await plan.signal(planChanged)
      await until(() => truth.looks.length > 1)
      truth.status = 'closed'
      await plan.signal(planChanged)
    },
  },
  'soft-launch': {
    given: { soft: { completes: 1, pauseMs: 2_000 }, completes: 1, finishAt: Date.now() + 6_000 },
    live: async () => {},
  },
  'postgresql-away': { given: { finishAt: Date.now() + 3_000 }, live: async () => {} },
  deleted: { given: { status: 'closed', deleted: true }, live: async () => {} },
}
world.looking = (attempt, id) => {
  if (id === 'postgresql-away' && attempt < 3) throw ApplicationFailure.retryable('PostgreSQL is away')
}
await Promise.all(
  Object.entries(paths).map(async ([id, { given, live }]) => {
    const truth = world.create(id, given)
    const plan = await start(id, truth)
    await live(truth, plan)
    await plan.result()
    await save(id, plan.workflowId)
  }),
)

const running = await start('told', told)
await until(() => told.looks.length > 0)
const sweeper = await temporal.client.workflow.start(janitor, { taskQueue: 'sessions', workflowId: 'janitor' })
await sweeper.result().catch(() => undefined)
await save('janitor', 'janitor')
told.status = 'closed'
await temporal.client.workflow.getHandle(planWorkflowId('told')).signal(planChanged)
await running.result()

worker.shutdown()
await ended
await temporal.close()
process.exit(0)
