import { ApplicationFailure } from '@temporalio/common'
import { MockActivityEnvironment } from '@temporalio/testing'
import { DefaultLogger } from '@temporalio/worker'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createPostbackActivities } from '../../activities/postbacks.js'
import { requestRedelivery } from '../../commands/postbacks/request-redelivery.js'
import { adoptPendingPostbacks } from '../../db/stores/postback-store.js'
import { createHttp } from '../../platform/egress/http-client.js'
import { createProviderHttp } from '../../providers/provider-http.js'
import { createTestDatabase, type TestDatabase } from '../support/database.js'
import { type Listener, startListener } from '../support/listener.js'
import { aClaim, enteredSession, settled, stock } from '../support/sessions.js'

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const egress = createHttp({ allowPrivate: true })
let database: TestDatabase
let panel: Listener
let now = new Date()

beforeAll(async () => {
  ;[database, panel] = await Promise.all([createTestDatabase(), startListener()])
  await stock(database.knex)
})
afterAll(async () => {
  await egress.close()
  await panel.close()
  await database.drop()
})
beforeEach(() => {
  panel.heard.length = 0
  panel.answer = () => ({ status: 204 })
  now = new Date()
})

const activities = () =>
  createPostbackActivities({
    knex: database.knex,
    http: createProviderHttp(egress),
    clock: () => now,
    endpoint: (id) =>
      id === 'gone'
        ? null
        : { url: id === 'dead' ? 'http://127.0.0.1:1/hooks' : `${panel.url}/hooks?v=1`, secret: SECRET },
  })

async function aMessage(panelId = 'lifepoints'): Promise<string> {
  const { session_id } = await enteredSession(database.knex, { panel: panelId })
  const { applied } = await settled(database.knex, session_id, aClaim('COMPLETED'))
  return applied.postbackIds[0] ?? ''
}

/** One attempt as Temporal would make it. @returns what it failed with */
async function deliver(id: string, attempt = 1): Promise<ApplicationFailure | null> {
  try {
    await new MockActivityEnvironment({ attempt }, { logger: new DefaultLogger('ERROR') }).run(
      activities().deliverPostback,
      id,
    )
    return null
  } catch (error) {
    if (error instanceof ApplicationFailure) return error
    throw error
  }
}
const waitOf = (failure: ApplicationFailure | null): number => Number(failure?.nextRetryDelay ?? Number.NaN)
const stateOf = async (id: string): Promise<string> =>
  (await database.knex('postbacks').where({ postback_id: id }).first()).state
const attemptsOf = (id: string) => database.knex('postback_attempts').where({ postback_id: id }).orderBy('at')

const later = (from: Date, ms: number): Date => new Date(from.getTime() + ms)

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

describe('a message', () => {
  test('is a Standard Webhook that the public package verifies, whole and to the byte', async () => {
    const id = await aMessage()
    expect(await deliver(id)).toBeNull()
    const [{ method, path, headers, body }] = panel.heard as [Listener['heard'][number]]
    expect({ method, path }).toEqual({ method: 'POST', path: '/hooks?v=1' })
    expect(headers['content-type']).toBe('application/json')
    expect(headers['webhook-id']).toBe(id)
    const verified = new Webhook(SECRET).verify(body, headers as Record<string, string>) as Record<string, unknown>
    expect(verified).toMatchObject({
      type: 'session.outcome',
      data: { outcome: 'COMPLETED', payable: true, sequence: 1 },
    })
    expect(() =>
      new Webhook(SECRET).verify(body.replace('COMPLETED', 'TERMINATED'), headers as Record<string, string>),
    ).toThrow()
    expect(() =>
      new Webhook('whsec_bm90IHRoZSBzYW1lIHNlY3JldCBhdCBhbGw=').verify(body, headers as Record<string, string>),
    ).toThrow()
    expect(await stateOf(id)).toBe('delivered')
    expect(await attemptsOf(id)).toMatchObject([{ status: 204, error: null }])
  })

  test('keeps its id over the retries and has a new timestamp and signature each time', async () => {
    const id = await aMessage()
    panel.answer = () => ({ status: 500, body: 'we are ill' })
    await deliver(id)
    now = new Date(now.getTime() + 5 * SECOND)
    await deliver(id, 2)
    const [first, second] = panel.heard.map(({ headers }) => headers)
    expect(second?.['webhook-id']).toBe(first?.['webhook-id'])
    expect(Number(second?.['webhook-timestamp']) - Number(first?.['webhook-timestamp'])).toBe(5)
    expect(second?.['webhook-signature']).not.toBe(first?.['webhook-signature'])
    expect(await attemptsOf(id)).toMatchObject([
      { status: 500, error: 'HTTP 500', body_head: 'we are ill' },
      { status: 500, error: 'HTTP 500' },
    ])
  })

  test('that is delivered, or does not exist, is not sent', async () => {
    const id = await aMessage()
    await deliver(id)
    await deliver(id, 2)
    await deliver('msg_nobody')
    expect(panel.heard).toHaveLength(1)
  })

  test('that the panel requests again is sent once more under the same id', async () => {
    const id = await aMessage()
    await deliver(id)
    await requestRedelivery({ knex: database.knex, clock: () => now }, { postbackId: id, panel: 'lifepoints' })
    await deliver(id)
    expect(panel.heard.map(({ headers }) => headers['webhook-id'])).toEqual([id, id])
    expect(await stateOf(id)).toBe('delivered')
  })
})

describe('an answer that is no success', () => {
  test.each([199 + 101, 301, 302, 307, 308, 400, 404, 409, 429, 500, 503])('%i is retried', async (status) => {
    const id = await aMessage()
    panel.answer = () => ({ status, headers: { location: `${panel.url}/elsewhere` } })
    expect(await deliver(id)).toMatchObject({ type: 'PostbackNotDelivered', nonRetryable: false })
    // a redirect is never followed
    expect(panel.heard.map(({ path }) => path)).toEqual(['/hooks?v=1'])
    expect(await stateOf(id)).toBe('pending')
  })

  test('a refused connection is retried, and the reason is stored', async () => {
    const id = await aMessage('dead')
    expect(await deliver(id)).toMatchObject({ type: 'PostbackNotDelivered' })
    const [attempt] = await attemptsOf(id)
    expect(attempt.status).toBeNull()
    expect(attempt.error).toBeTruthy()
  })

  test('410 Gone makes the message a dead letter immediately', async () => {
    const id = await aMessage()
    panel.answer = () => ({ status: 410 })
    expect(await deliver(id)).toMatchObject({ type: 'PostbackDead', nonRetryable: true })
    expect(await stateOf(id)).toBe('dead')
  })

  test('a panel without a postback setting makes it a dead letter too', async () => {
    const id = await aMessage('gone')
    expect(await deliver(id)).toMatchObject({ type: 'PostbackDead', nonRetryable: true })
    expect(await attemptsOf(id)).toMatchObject([{ status: null, error: 'the panel has no postback configured' }])
  })

  test('has the first 500 characters of its body stored; a huge or binary body does no harm', async () => {
    const id = await aMessage()
    panel.answer = () => ({ status: 500, body: 'x'.repeat(1_000) })
    await deliver(id)
    panel.answer = () => ({ status: 500, body: 'y'.repeat(1_000_000) })
    now = new Date(now.getTime() + 1)
    await deliver(id, 2)
    panel.answer = () => ({ status: 500, body: 'a\u0000b' })
    now = new Date(now.getTime() + 1)
    expect(await deliver(id, 3)).toMatchObject({ type: 'PostbackNotDelivered' })
    const kept = await attemptsOf(id)
    expect(kept).toHaveLength(3)
    expect(kept[0].body_head).toHaveLength(500)
  })
})

describe('the schedule', () => {
  const waits = [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 10 * HOUR]

  test('waits longer each time, within 20 % of the schedule, and ends as a dead letter', async () => {
    const id = await aMessage()
    panel.answer = () => ({ status: 500 })
    for (const [index, planned] of waits.entries()) {
      const waited = waitOf(await deliver(id, index + 1))
      expect(waited).toBeGreaterThanOrEqual(planned * 0.8)
      expect(waited).toBeLessThanOrEqual(planned * 1.2)
      expect(await stateOf(id)).toBe('pending')
      const { owned_until } = await database.knex('postbacks').where({ postback_id: id }).first()
      // the janitor takes it over when it is overdue, not before it is due
      expect(owned_until.getTime()).toBeGreaterThan(now.getTime() + waited)
      expect(owned_until.getTime()).toBeLessThan(now.getTime() + waited + 30 * MINUTE)
    }
    expect(await deliver(id, waits.length + 1)).toMatchObject({ type: 'PostbackDead', nonRetryable: true })
    expect(await stateOf(id)).toBe('dead')
  })

  test('restarts on a redelivery of a dead letter, and continues when the janitor takes over', async () => {
    const id = await aMessage()
    panel.answer = () => ({ status: 500 })
    for (const _ of waits) await deliver(id)
    await database.knex('postbacks').where({ postback_id: id }).update({ owned_until: now })
    await adoptPendingPostbacks(database.knex, new Date(now.getTime() + 1), later(now, HOUR), 10)
    // the first attempt of a workflow of its own
    expect(await deliver(id, 1)).toMatchObject({ type: 'PostbackDead' })
    await requestRedelivery({ knex: database.knex, clock: () => now }, { postbackId: id, panel: 'lifepoints' })
    expect(waitOf(await deliver(id, 1))).toBeLessThanOrEqual(5 * SECOND * 1.2)
    expect(await attemptsOf(id)).toHaveLength(waits.length + 2)
  })

  test('has jitter: messages wait differently long', async () => {
    panel.answer = () => ({ status: 500 })
    const seen = new Set<number>()
    for (let n = 0; n < 8; n++) seen.add(waitOf(await deliver(await aMessage())))
    expect(seen.size).toBeGreaterThan(4)
  })

  test.each<[string, number, number]>([
    ['3600', HOUR, HOUR],
    ['1', 4 * SECOND, 6 * SECOND],
    ['99999999', 24 * HOUR, 24 * HOUR],
    ['soon', 4 * SECOND, 6 * SECOND],
    ['-5', 4 * SECOND, 6 * SECOND],
  ])('obeys Retry-After "%s"', async (header, least, most) => {
    const id = await aMessage()
    panel.answer = () => ({ status: 429, headers: { 'retry-after': header } })
    const waited = waitOf(await deliver(id))
    expect(waited).toBeGreaterThanOrEqual(least)
    expect(waited).toBeLessThanOrEqual(most)
  })

  test('obeys a Retry-After that is a date', async () => {
    const id = await aMessage()
    const moment = new Date(now.getTime() + 2 * HOUR)
    panel.answer = () => ({ status: 503, headers: { 'retry-after': moment.toUTCString() } })
    const waited = waitOf(await deliver(id))
    expect(waited).toBeGreaterThan(2 * HOUR - 2 * SECOND)
    expect(waited).toBeLessThanOrEqual(2 * HOUR)
  })
})

test('a dead panel does not delay the others', async () => {
  const dead = await Promise.all(Array.from({ length: 5 }, () => aMessage('dead')))
  const live = await Promise.all(Array.from({ length: 5 }, () => aMessage()))
  const started = Date.now()
  await Promise.all([...dead, ...live].map((id) => deliver(id)))
  expect(Date.now() - started).toBeLessThan(15_000)
  for (const id of live) expect(await stateOf(id)).toBe('delivered')
  for (const id of dead) expect(await stateOf(id)).toBe('pending')
})
