import { ApplicationFailure } from '@temporalio/common'
import { MockActivityEnvironment } from '@temporalio/testing'
import { DefaultLogger } from '@temporalio/worker'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createPostbackActivities } from '../../activities/postbacks.js'
import { connectDatabase, type Knex } from '../../db/connect.js'
import { createHttp } from '../../platform/egress/http-client.js'
import { createProviderHttp } from '../../providers/provider-http.js'
import { type CuttableDatabase, cuttable } from '../support/cut-database.js'
import { createTestDatabase, type TestDatabase } from '../support/database.js'
import { type Listener, startListener } from '../support/listener.js'
import { aClaim, enteredSession, settled, stock } from '../support/sessions.js'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const egress = createHttp({ allowPrivate: true })
let database: TestDatabase
let gate: CuttableDatabase
/** The worker's connection: through the gate. */
let knex: Knex
let panel: Listener

beforeAll(async () => {
  ;[database, panel] = await Promise.all([createTestDatabase(), startListener()])
  await stock(database.knex)
  gate = await cuttable(database.url)
  knex = connectDatabase({ url: gate.url, applicationName: 'tributary test outage' })
})
afterEach(() => gate.mend())
afterAll(async () => {
  await knex.destroy()
  await gate.close()
  await egress.close()
  await panel.close()
  await database.drop()
})

async function aMessage(): Promise<string> {
  const { session_id } = await enteredSession(database.knex)
  const { applied } = await settled(database.knex, session_id, aClaim('COMPLETED'))
  return applied.postbackIds[0] ?? ''
}

/** One attempt with the number that Temporal would give it. @returns what it failed with */
async function deliver(id: string, attempt: number): Promise<ApplicationFailure | null> {
  const { deliverPostback } = createPostbackActivities({
    knex,
    http: createProviderHttp(egress),
    clock: () => new Date(),
    endpoint: () => ({ url: `${panel.url}/hooks`, secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' }),
  })
  try {
    await new MockActivityEnvironment({ attempt }, { logger: new DefaultLogger('ERROR') }).run(deliverPostback, id)
    return null
  } catch (error) {
    if (error instanceof ApplicationFailure) return error
    throw error
  }
}
const stored = (id: string) => database.knex('postbacks').where({ postback_id: id }).first()
const attemptsOf = (id: string) => database.knex('postback_attempts').where({ postback_id: id })
const about = (ms: number) => (failure: ApplicationFailure | null) => {
  expect(Number(failure?.nextRetryDelay)).toBeGreaterThanOrEqual(ms * 0.8)
  expect(Number(failure?.nextRetryDelay)).toBeLessThanOrEqual(ms * 1.2)
}

test('while PostgreSQL is down a message keeps its place on the schedule and is retried soon', async () => {
  const id = await aMessage()
  panel.answer = () => ({ status: 500 })
  about(5 * SECOND)(await deliver(id, 1))
  gate.cut()
  // more attempts than the whole schedule
  for (let attempt = 2; attempt <= 10; attempt++) {
    const failure = await deliver(id, attempt)
    expect(failure).toMatchObject({ type: 'DatabaseAway', nonRetryable: false })
    about(10 * SECOND)(failure)
  }
  gate.mend()
  expect(panel.heard).toHaveLength(1)
  expect(await stored(id)).toMatchObject({ state: 'pending', attempts: 1 })
  about(5 * MINUTE)(await deliver(id, 11))
  expect(await attemptsOf(id)).toHaveLength(2)
  panel.answer = () => ({ status: 204 })
  expect(await deliver(id, 12)).toBeNull()
  expect(await stored(id)).toMatchObject({ state: 'delivered', attempts: 3 })
})

test('an attempt that could not be stored does not count and is repeated under the same id', async () => {
  const id = await aMessage()
  panel.heard.length = 0
  panel.answer = () => {
    gate.cut()
    return { status: 500 }
  }
  for (let attempt = 1; attempt <= 9; attempt++) {
    expect(await deliver(id, attempt)).toMatchObject({ type: 'DatabaseAway' })
    gate.mend()
  }
  expect(new Set(panel.heard.map(({ headers }) => headers['webhook-id']))).toEqual(new Set([id]))
  expect(await stored(id)).toMatchObject({ state: 'pending', attempts: 0 })
  panel.answer = () => ({ status: 500 })
  about(5 * SECOND)(await deliver(id, 10))
  expect(await attemptsOf(id)).toHaveLength(1)
})

test('a PostgreSQL that hangs counts as down before Temporal times the attempt out', async () => {
  const id = await aMessage()
  panel.heard.length = 0
  panel.answer = () => ({ status: 204 })
  await knex.raw('select 1')
  gate.stall()
  const began = Date.now()
  about(10 * SECOND)(await deliver(id, 1))
  // an attempt may take 45 s, 20 s of them for the panel
  expect(Date.now() - began).toBeLessThan(12 * SECOND)
  gate.mend()
  expect(await deliver(id, 2)).toBeNull()
  expect(panel.heard).toHaveLength(1)
  expect(await stored(id)).toMatchObject({ state: 'delivered', attempts: 1 })
})
