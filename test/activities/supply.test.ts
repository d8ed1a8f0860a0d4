import { ApplicationFailure, CancelledFailure } from '@temporalio/common'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { withdrawConnection } from '../../commands/supply/withdraw-connection.js'
import { connectDatabase } from '../../db/connect.js'
import { checkInvariants } from '../../db/invariants/check.js'
import { findConnection, openConnection } from '../../db/stores/connection-store.js'
import { createTestDatabase, type TestDatabase } from '../support/database.js'
import { FakeGateway, planUpdate } from '../support/fake-gateway.js'
import { anActivity, CONNECTION, polling } from '../support/polling.js'

let database: TestDatabase
let gateway: FakeGateway

beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())
beforeEach(async () => {
  gateway = await FakeGateway.start()
  await database.knex.raw(
    'delete from surveys; delete from quarantine; delete from supply_log; delete from received_batches; delete from connections',
  )
  await openConnection(database.knex, { connection: CONNECTION, provider: 'kantar' })
})
afterEach(() => gateway.close())

const connection = () => findConnection(database.knex, CONNECTION)
const count = async (table: string): Promise<number> =>
  Number((await database.knex(table).count({ n: '*' }).first())?.n ?? 0)
const brokenPromises = async () => (await checkInvariants(database.knex)).map(({ invariant }) => invariant.id)
const failureOf = async (work: Promise<unknown>): Promise<ApplicationFailure> => {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (error instanceof ApplicationFailure) return error
  throw new Error(`expected an ApplicationFailure, got ${String(error)}`)
}

describe('a poll', () => {
  test('stores, stamps and acknowledges the page, and returns counts and cursors only', async () => {
    gateway.publish(planUpdate(1, 'a'), planUpdate(2, 'b', { country: 'GBR' }))
    const page = await polling(database.knex, gateway.url).cycle()
    expect(page).toMatchObject({
      received: 2,
      stored: 2,
      committed: '2',
      acked: '0',
      toAcknowledge: '2',
      open: 2,
      markets: ['GBR', 'USA'],
      everyMs: 12_000,
    })
    expect(JSON.stringify(page).length).toBeLessThan(600)
    expect(await database.knex('surveys').where({ dirty: true }).orWhereNull('revision')).toEqual([])
    expect(gateway.journal).toEqual([
      { kind: 'poll', sent: 2 },
      { kind: 'ack', id: '2' },
    ])
    expect(await connection()).toMatchObject({ state: 'healthy', ackedId: '2', polls: '1' })
  })

  test('without news writes nothing and acknowledges nothing', async () => {
    gateway.publish(planUpdate(1, 'a'))
    const { cycle } = polling(database.knex, gateway.url)
    await cycle()
    const versions = () => database.knex('surveys').select(database.knex.raw('xmin::text as version'))
    const before = await versions()
    expect(await cycle()).toMatchObject({ received: 0, stored: 0, toAcknowledge: null })
    expect(await versions()).toEqual(before)
    expect(gateway.acks).toEqual(['1'])
  })

  test('repeats an acknowledgement whose answer was lost, and never moves back (F3)', async () => {
    gateway.publish(planUpdate(5, 'a'))
    gateway.loseAckAnswers = 1
    const { cycle, acknowledge } = polling(database.knex, gateway.url)
    await expect(cycle()).rejects.toThrow()
    expect(await connection()).toMatchObject({ committedId: '5', ackedId: '0', state: 'degraded', failStreak: 1 })
    await cycle()
    expect(await connection()).toMatchObject({ committedId: '5', ackedId: '5', state: 'healthy', failStreak: 0 })
    await acknowledge('3')
    expect(await connection()).toMatchObject({ ackedId: '5' })
    expect(gateway.acks).toEqual(['5', '5'])
  })

  test('does not call the provider while PostgreSQL is down, and says why (F4)', async () => {
    gateway.publish(planUpdate(1, 'a'))
    const away = connectDatabase({ url: 'postgres://nobody:x@127.0.0.1:1/nowhere', applicationName: 'test' })
    const failure = await failureOf(polling(away, gateway.url).poll())
    expect(failure).toMatchObject({ type: 'DatabaseAway', nonRetryable: false })
    expect(gateway.journal).toEqual([])
    await away.destroy()
  })

  test('never sends a receipt beyond what is committed (I1)', async () => {
    const failure = await failureOf(polling(database.knex, gateway.url).acknowledge('99'))
    expect(failure).toMatchObject({ type: 'AckBeforeCommit', nonRetryable: true })
    expect(gateway.journal).toEqual([])
  })
})

describe('bad pages', () => {
  test('one unreadable record is quarantined in the page’s transaction, then acknowledged (F10)', async () => {
    const drifted = planUpdate(2, 'b', { pricing: { cpi: 'free', unit: 'fractional', currency: 'USD' } })
    gateway.publish(planUpdate(1, 'a'), drifted, planUpdate(3, 'c'))
    const page = await polling(database.knex, gateway.url).cycle()
    expect(page).toMatchObject({ received: 3, stored: 2, unreadable: 1, quarantined: 1, toAcknowledge: '3' })
    const [entry] = await database.knex('quarantine')
    expect(JSON.parse(entry.raw.toString())).toEqual(drifted)
    expect(entry).toMatchObject({ provider_survey_id: 'b', source_order: '2', state: 'open' })
  })

  test('a survey whose newest version is unreadable is not offered until a readable one comes', async () => {
    const { cycle } = polling(database.knex, gateway.url)
    const status = async () => (await database.knex('surveys').first('status', 'dirty'))?.status
    gateway.publish(planUpdate(1, 'a'))
    await cycle()
    gateway.publish(planUpdate(2, 'a', { status: 'ALMOST_CLOSED' }))
    await cycle()
    expect(await status()).toBe('unreadable')
    expect(await database.knex('surveys').where({ dirty: true })).toEqual([])
    gateway.publish(planUpdate(3, 'a'))
    await cycle()
    expect(await status()).toBe('open')
    expect(await database.knex('quarantine').first('state')).toEqual({ state: 'healed' })
  })

  test('a page that is cut anywhere stores nothing and is not acknowledged (F9)', async () => {
    for (let ack = 1; ack <= 30; ack++) gateway.publish(planUpdate(ack, `p${ack}`))
    const { poll, cycle } = polling(database.knex, gateway.url)
    const whole = gateway.body()
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: Buffer.byteLength(whole) - 1 }), async (length) => {
        gateway.answerPoll = (response, body) =>
          response.writeHead(200, { 'content-type': 'application/json' }).end(body.slice(0, length))
        expect((await failureOf(poll())).type).toBe('ProviderMisread')
        expect([await count('surveys'), await count('quarantine')]).toEqual([0, 0])
      }),
      { numRuns: 40 },
    )
    expect(gateway.acks).toEqual([])
    gateway.answerPoll = null
    await cycle()
    expect(await count('surveys')).toBe(30)
  })

  test.each([
    ['HTML with status 200', 200, 'text/html', '<html>maintenance</html>', 'ProviderMisread', 'degraded'],
    ['500', 500, 'application/json', '{}', 'ProviderUnavailable', 'degraded'],
    ['401', 401, 'application/json', '{"code":"UNAUTHORIZED","message":"no"}', 'ProviderUnauthorized', 'blocked'],
  ])('%s is shown at the connection', async (_name, code, type, body, failureType, state) => {
    gateway.answerPoll = (response) => response.writeHead(code, { 'content-type': type }).end(body)
    expect((await failureOf(polling(database.knex, gateway.url).poll())).type).toBe(failureType)
    expect(await connection()).toMatchObject({ state, failStreak: 1 })
  })

  test('429 with Retry-After sets the delay of the loop’s retry (F7)', async () => {
    gateway.answerPoll = (response) => response.writeHead(429, { 'retry-after': '7' }).end()
    const failure = await failureOf(polling(database.knex, gateway.url).poll())
    expect(failure).toMatchObject({ type: 'ProviderRateLimited', nextRetryDelay: 7_000 })
    expect(failure.details?.[0]).toMatchObject({ retryAfterMs: 7_000 })
  })

  test('every received record is accepted or quarantined, whatever drifts (I2)', async () => {
    const { cycle } = polling(database.knex, gateway.url)
    let ack = 0
    const drift = fc.constantFrom({}, { status: 'X' }, { loi: -1 }, { pricing: null }, { country: 'Atlantis' })
    await fc.assert(
      fc.asyncProperty(fc.array(drift, { minLength: 1, maxLength: 8 }), async (drifts) => {
        const from = ack
        for (const given of drifts) {
          ack += 1
          gateway.publish(planUpdate(ack, `plan-${ack % 5}`, given))
        }
        const page = await cycle()
        expect(page.stored + page.unchanged + page.stale + page.unreadable).toBe(page.received)
        const { rows } = await database.knex.raw(
          `select n from generate_series(?::int, ?::int) n
            where not exists (select from supply_log l where l.source_order = n)
              and not exists (select from quarantine q where q.source_order = n)`,
          [from + 1, ack],
        )
        expect(rows).toEqual([])
        expect(await brokenPromises()).toEqual([])
      }),
      { numRuns: 25 },
    )
  })

  test('stores what a page brought before sorting it, and once for a repeated page', async () => {
    const { cycle } = polling(database.knex, gateway.url)
    gateway.publish(planUpdate(1, 'a'), planUpdate(2, 'b', { loi: -1 }), planUpdate(3, 'a'))
    await cycle()
    const batches = () => database.knex('received_batches').orderBy('poll_epoch')
    expect(await batches()).toMatchObject([
      { item_keys: ['a', 'a', 'b'], source_orders: [1, 3, 2], accepted: 2, quarantined: 1, batch: 0 },
    ])
    await cycle()
    expect(await batches()).toHaveLength(1)
  })

  test('a record that is lost between the page and the tables breaks I2', async () => {
    const owner = connectDatabase({ url: database.url, applicationName: 'tributary test owner', asOwner: true })
    try {
      // the fault: the log entry of "b" is dropped
      await owner.raw(`
        create function lose_b() returns trigger language plpgsql as 'begin return null; end';
        create trigger lose_b before insert on supply_log for each row when (new.item_key = 'b')
          execute function lose_b()`)
      gateway.publish(planUpdate(1, 'a'), planUpdate(2, 'b'))
      await polling(database.knex, gateway.url).cycle()
      await database.knex('surveys').where({ provider_survey_id: 'b' }).delete()
      expect(await brokenPromises()).toEqual(['I2'])
    } finally {
      await owner.raw('drop trigger lose_b on supply_log; drop function lose_b()')
      await owner.destroy()
    }
  })

  test('keeps the received batches of the last polls, not of all', async () => {
    const { cycle } = polling(database.knex, gateway.url)
    for (const [epoch, ack] of [
      [0, 1],
      [70, 2],
    ]) {
      await database.knex('connections').update({ poll_epoch: epoch })
      gateway.publish(planUpdate(ack ?? 0, 'a'))
      await cycle()
    }
    expect((await database.knex('received_batches')).map((row) => row.poll_epoch)).toEqual(['71'])
  })
})

describe('more than one attempt', () => {
  test('a zombie stores nothing over the attempt which took over (F6)', async () => {
    gateway.publish(planUpdate(1, 'a', { ir: 10 }))
    const { poll, cycle } = polling(database.knex, gateway.url)
    let release = (): void => {}
    const stuck = new Promise<void>((resolve) => {
      release = resolve
    })
    let asked = 0
    gateway.answerPoll = (response, body) => {
      asked += 1
      response.writeHead(200, { 'content-type': 'application/json' })
      if (asked > 1) response.end(body)
      // the first request gets half a page, and the rest much later
      else {
        response.write(body.slice(0, 20))
        void stuck.then(() => response.end(body.slice(20)))
      }
    }
    const zombie = failureOf(poll())
    while (asked === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    gateway.publish(planUpdate(2, 'a', { ir: 20 }))
    await cycle()
    release()
    expect(await zombie).toMatchObject({ type: 'StaleEpoch', nonRetryable: true })
    expect(await database.knex('surveys').first('ir_percent', 'source_order')).toEqual({
      ir_percent: 20,
      source_order: '2',
    })
    expect(await connection()).toMatchObject({ state: 'healthy', failStreak: 0, committedId: '2', ackedId: '2' })
  })

  test('a cancelled attempt closes its connection and is no failure', async () => {
    let hungUp = false
    gateway.answerPoll = (response) => {
      response.on('close', () => {
        hungUp = true
      })
    }
    const env = anActivity()
    const polled = polling(database.knex, gateway.url).poll(env)
    while (gateway.journal.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    env.cancel()
    await expect(polled).rejects.toThrow(CancelledFailure)
    await expect.poll(() => hungUp).toBe(true)
    expect(await connection()).toMatchObject({ failStreak: 0, state: 'starting' })
  })

  test('a removed connection’s stock is withdrawn, and its polls fail', async () => {
    gateway.publish(planUpdate(1, 'a'), planUpdate(2, 'b'))
    const { poll, cycle } = polling(database.knex, gateway.url)
    await cycle()
    expect(await withdrawConnection(database.knex, CONNECTION, new Date())).toBe(2)
    expect(await database.knex('surveys').where({ status: 'withdrawn', dirty: false })).toHaveLength(2)
    expect((await failureOf(poll())).type).toBe('ConnectionNotConfigured')
  })
})

describe('redrive', () => {
  test('stores a record that has become readable, and counts one that has not', async () => {
    const { cycle, redrive } = polling(database.knex, gateway.url)
    gateway.publish(planUpdate(1, 'a', { status: 'NEW_WORD' }), planUpdate(2, 'b', { loi: 'ten' }))
    await cycle()
    const id = async (key: string): Promise<string> =>
      (await database.knex('quarantine').where({ item_key: key }).first('quarantine_id')).quarantine_id
    // instead of a new adapter, the test corrects the bytes
    await database
      .knex('quarantine')
      .where({ item_key: 'a' })
      .update({ raw: Buffer.from(JSON.stringify(planUpdate(1, 'a'))) })
    expect(await redrive(await id('a'))).toMatchObject({ state: 'redriven', reason: null })
    expect(await database.knex('surveys').first('provider_survey_id', 'status', 'dirty')).toEqual({
      provider_survey_id: 'a',
      status: 'open',
      dirty: false,
    })
    expect(await redrive(await id('b'))).toMatchObject({ state: 'open' })
    expect(await database.knex('quarantine').where({ item_key: 'b' }).first('count')).toEqual({ count: 2 })
  })
})
