import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { setPlanStatus } from '../../commands/plans/set-status.js'
import { upsertSurveys } from '../../commands/supply/upsert-surveys.js'
import type { Knex } from '../../db/connect.js'
import { findConnection, pauseConnection } from '../../db/stores/connection-store.js'
import { GATEWAY } from '../../domain/plan/survey-plan.js'
import { createLogger } from '../../platform/logger.js'
import { gatewayConnection, ownPlans } from '../../providers/own-plans.js'
import type { Upstream } from '../../providers/upstream.js'
import { reconcileConnections } from '../../workers/reconcile-connections.js'
import { pollWorkflowId } from '../../workflows/messages/poll.js'
import { createTestDatabase, type TestDatabase } from '../support/database.js'
import { createOwnTemporal, type OwnTemporal } from '../support/own-temporal.js'
import { launch } from '../support/plans.js'
import { gatewayUpstream } from '../support/polling.js'
import { aSurvey } from '../support/surveys.js'

let database: TestDatabase
let temporal: OwnTemporal
const started: string[] = []

beforeAll(async () => {
  ;[database, temporal] = await Promise.all([createTestDatabase(), createOwnTemporal()])
})
afterAll(async () => {
  for (const id of started)
    await temporal.client.workflow
      .getHandle(id)
      .terminate('test over')
      .catch(() => {})
  await Promise.all([temporal.close(), database.drop()])
})
beforeEach(() => database.knex.raw('delete from survey_plans; delete from surveys; delete from connections'))

const logger = createLogger('test', 'silent')
const reconcile = (...upstreams: Upstream[]) =>
  reconcileConnections({
    knex: database.knex as Knex,
    client: temporal.client,
    upstreams,
    logger,
    clock: () => new Date(),
  })
function upstream(name: string, apiUrl = 'http://127.0.0.1:9'): Upstream {
  const connection = `kantar-${name}`
  started.push(pollWorkflowId(connection))
  return { ...gatewayUpstream(apiUrl), connection }
}
const loop = ({ connection }: Upstream) => temporal.client.workflow.getHandle(pollWorkflowId(connection))
async function signalsOf(one: Upstream): Promise<string[]> {
  const { events = [] } = await loop(one).fetchHistory()
  return (events ?? []).flatMap((event) => event.workflowExecutionSignaledEventAttributes?.signalName ?? [])
}

test('a new connection gets one loop, also when it is reconciled again', async () => {
  const one = upstream('new')
  await reconcile(one)
  const { runId } = await loop(one).describe()
  await Promise.all([reconcile(one), reconcile(one)])
  const described = await loop(one).describe()
  expect(described).toMatchObject({ runId, taskQueue: 'supply', type: 'pollProvider' })
  expect(described.status.name).toBe('RUNNING')
  expect(await described.staticSummary()).toBe(`${one.connection} · kantar supply every 12 s`)
  expect(await signalsOf(one)).toEqual([])
  expect(await findConnection(database.knex, one.connection)).toMatchObject({ provider: 'kantar', state: 'starting' })
})

test('a changed configuration is signalled to the loop once', async () => {
  const one = upstream('changed')
  await reconcile(one)
  const changed = { ...one, config: { ...one.config, apiKey: 'another' } as Upstream['config'] }
  await reconcile(changed)
  await reconcile(changed)
  expect(await signalsOf(one)).toEqual(['configChanged'])
})

test('a removed connection stops and its stock is withdrawn; configured again it continues', async () => {
  const [kept, gone] = [upstream('kept'), upstream('gone')]
  await reconcile(kept, gone)
  await database.knex.transaction((trx) =>
    upsertSurveys(trx, { connection: gone.connection, provider: 'kantar', epoch: '1', now: new Date() }, [
      { survey: aSurvey(), order: '1', version: '1', raw: Buffer.from('{}') },
    ]),
  )
  await reconcile(kept)
  expect((await loop(gone).describe()).status.name).toBe('TERMINATED')
  expect((await loop(kept).describe()).status.name).toBe('RUNNING')
  expect(await findConnection(database.knex, gone.connection)).toMatchObject({ state: 'removed' })
  expect(await database.knex('surveys').first('status', 'dirty')).toEqual({ status: 'withdrawn', dirty: false })

  await reconcile(kept, gone)
  expect((await loop(gone).describe()).status.name).toBe('RUNNING')
  expect(await findConnection(database.knex, gone.connection)).toMatchObject({ state: 'starting' })
})

test('our own plans need no loop, are healthy immediately, and return with demand partners', async () => {
  const own = { connection: GATEWAY, adapter: ownPlans, config: gatewayConnection } as unknown as Upstream
  const other = upstream('beside')
  await reconcile(own)
  expect(await findConnection(database.knex, GATEWAY)).toMatchObject({ state: 'healthy', paused: false })
  await expect(loop(own).describe()).rejects.toThrow(/not found/i)

  const [open, paused, closed] = [await launch(database.knex), await launch(database.knex), await launch(database.knex)]
  const change = (planId: string, status: 'PAUSED' | 'CLOSED') =>
    database.knex.transaction((trx) => setPlanStatus(trx, 'acme', planId, status, new Date()))
  await change(paused, 'PAUSED')
  await change(closed, 'CLOSED')
  const statusOf = async (planId: string) =>
    (await database.knex('surveys').where({ provider_survey_id: planId }).first('status', 'dirty')) ?? null

  await reconcile(other)
  expect(await findConnection(database.knex, GATEWAY)).toMatchObject({ state: 'removed' })
  expect(await statusOf(open)).toEqual({ status: 'withdrawn', dirty: false })
  await reconcile(other, own)
  expect(await findConnection(database.knex, GATEWAY)).toMatchObject({ state: 'healthy' })
  expect(await statusOf(open)).toEqual({ status: 'open', dirty: false })
  expect(await statusOf(paused)).toEqual({ status: 'paused', dirty: false })
  expect(await statusOf(closed)).toEqual({ status: 'withdrawn', dirty: false })
})

test('a pause of our own plans survives a restart', async () => {
  const own = { connection: GATEWAY, adapter: ownPlans, config: gatewayConnection } as unknown as Upstream
  await reconcile(own)
  await pauseConnection(database.knex, GATEWAY, 'audit', new Date())
  await reconcile(own)
  expect(await findConnection(database.knex, GATEWAY)).toMatchObject({ state: 'paused', paused: true, reason: 'audit' })
})
