import { ApplicationFailure } from '@temporalio/common'
import type { TestWorkflowEnvironment } from '@temporalio/testing'
import { Worker } from '@temporalio/worker'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { claimWorkflowId, postbackWorkflowId } from '../../workflows/messages/session.js'
import { deliverPostback, settleClaim } from '../../workflows/settle-claim.js'
import { FakeSessions } from '../support/fake-sessions.js'
import { createTimeSkipping, testWorkflowBundle } from '../support/temporal.js'

let env: TestWorkflowEnvironment
let world: FakeSessions
let workers: Worker[]
let ended: Promise<unknown>

beforeAll(async () => {
  const [server, workflowBundle] = await Promise.all([createTimeSkipping(), testWorkflowBundle()])
  env = server
  world = new FakeSessions(() => env.currentTimeMs())
  const common = { connection: env.nativeConnection, activities: world.activities }
  workers = [
    await Worker.create({ ...common, taskQueue: 'sessions', workflowBundle }),
    await Worker.create({ ...common, taskQueue: 'postbacks' }),
  ]
  ended = Promise.all(workers.map((worker) => worker.run()))
})
afterAll(async () => {
  for (const worker of workers) worker.shutdown()
  await ended
  await env.teardown()
})
beforeEach(() => {
  world.delivering = () => {}
})

const settle = (sessionId: string, claimId: string) =>
  env.client.workflow.start(settleClaim, {
    taskQueue: 'sessions',
    workflowId: claimWorkflowId(claimId),
    workflowIdConflictPolicy: 'USE_EXISTING',
    args: [{ claimId, sessionId }],
  })

test('a late claim reaches ledger and panel, and has the state adjusted', async () => {
  await world.create('late')
  world.claim('late', 'COMPLETED')
  const workflow = await settle('late', 'c1')
  await workflow.result()
  expect(world.of('late')).toMatchObject({ calls: ['recordOutcome', 'deliver #1'], applied: 1 })
  const { typedSearchAttributes } = await workflow.describe()
  const shown = Object.fromEntries(typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]))
  expect(shown).toMatchObject({
    TributaryState: 'adjusted',
    TributaryOutcome: 'COMPLETED',
    TributarySession: 'late',
  })
  const { currentDetails } = await workflow.query<{ currentDetails: string }>('__temporal_workflow_metadata')
  expect(currentDetails).toContain('| session | session:late |')
})

test('a claim that is applied twice is sent once', async () => {
  await world.create('twice')
  world.claim('twice', 'COMPLETED')
  await (await settle('twice', 'c2')).result()
  await (await settle('twice', 'c2')).result()
  expect(world.of('twice').calls).toEqual(['recordOutcome', 'deliver #1', 'recordOutcome'])
})

test('a dead letter does not make the claim fail', async () => {
  world.delivering = () => {
    throw ApplicationFailure.nonRetryable('dead letter: 410')
  }
  await world.create('dead')
  world.claim('dead', 'COMPLETED')
  await (await settle('dead', 'c3')).result()
  expect(world.of('dead').applied).toBe(1)
})

test('a message is redelivered by its own workflow, which fails with a dead letter', async () => {
  await world.create('again')
  world.claim('again', 'COMPLETED')
  const deliver = (redelivery: number) =>
    env.client.workflow.execute(deliverPostback, {
      taskQueue: 'sessions',
      workflowId: postbackWorkflowId('again#1', redelivery),
      args: [{ postbackId: 'again#1' }],
    })
  await deliver(1)
  expect(world.of('again').delivered.size).toBe(1)
  world.delivering = () => {
    throw ApplicationFailure.nonRetryable('dead letter: 410')
  }
  await expect(deliver(2)).rejects.toThrow()
})
