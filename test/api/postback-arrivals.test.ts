import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { Webhook } from 'standardwebhooks'
import request from 'supertest'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createApp } from '../../api/app.js'
import { checkInvariants } from '../../db/invariants/check.js'
import type { Session } from '../../sandbox/kantar/sessions.js'
import { startJanitor } from '../../workers/start-janitor.js'
import { SOON } from '../support/patience.js'
import {
  PANEL_SECRET,
  panelOf,
  type SessionApi,
  startSessionApi,
  type TestConnection,
  visit,
} from '../support/session-api.js'

/** Long enough for a machine that is busy with everything else. */

let api: SessionApi
let panel: ReturnType<typeof panelOf>
let panelists = 0

beforeAll(async () => {
  api = await startSessionApi()
  panel = panelOf(api)
  await api.offer({ id: 'plan' })
})
afterAll(() => api.close())
afterEach(() => {
  api.hooks.answer = () => ({ status: 204 })
})

async function inside(connection: TestConnection = 'kantar-us'): Promise<{ id: string; theirs: Session }> {
  const { session_id, entry_url } = await panel.open(`p-${++panelists}`, 'plan', connection)
  await visit(api, entry_url)
  const theirs = api.sandbox.kantar.sessions
    .all()
    .find(({ customPanelData }) => customPanelData?.internal_id === session_id)
  if (theirs === undefined) throw new Error('the gateway does not know the session')
  return { id: session_id, theirs }
}
const signed = async (theirs: Session, outcome: string): Promise<string> =>
  (
    await api.sandbox.kantar.signer.sign({
      session_id: theirs.id,
      outcome,
      panelist_id: theirs.panelistId,
      metadata: {},
    } as Parameters<typeof api.sandbox.kantar.signer.sign>[0])
  ).jws
const post = (body: string | object, connection = 'kantar-us', type = 'application/json') =>
  request(api.app).post(`/postbacks/${connection}`).set('content-type', type).send(body)
const stateOf = async (id: string) => (await panel.session(id)).body
const count = async (table: string, id: string): Promise<number> =>
  (await api.database.knex(table).where({ session_id: id })).length
const told = (id: string) => api.hooks.heard.filter(({ body }) => body.includes(id))

describe('an outcome from server to server', () => {
  test('is 2xx once committed, is booked, and is sent to the panel as a signed message', async () => {
    const { id, theirs } = await inside()
    const answer = await post({ jws: await signed(theirs, 'COMPLETED') })
    expect(answer.status).toBe(200)
    expect(await count('outcome_claims', id)).toBe(1)
    await expect.poll(() => told(id).length, SOON).toBe(1)
    const [message] = told(id)
    const verified = new Webhook(PANEL_SECRET).verify(message?.body ?? '', message?.headers as Record<string, string>)
    expect(verified).toMatchObject({
      type: 'session.outcome',
      data: { session_id: id, outcome: 'COMPLETED', grade: 'E2', payable: true, sequence: 1, provider: 'kantar' },
    })
    expect(message?.path).toBe('/lifepoints')
    expect(await count('ledger_transactions', id)).toBe(1)
    const log = await request(api.app)
      .get(`/v1/postbacks?session_id=${id}`)
      .set('x-api-key', 'tk_lifepoints_0123456789')
    await expect
      .poll(async () => (await api.database.knex('postbacks').where({ session_id: id }).first()).state, SOON)
      .toBe('delivered')
    expect(log.body.postbacks[0]).toMatchObject({ id: message?.headers['webhook-id'], type: 'session.outcome' })
  })

  test('is 2xx when repeated, and changes nothing', async () => {
    const { id, theirs } = await inside()
    const jws = await signed(theirs, 'COMPLETED')
    const answers = await Promise.all(Array.from({ length: 30 }, () => post({ jws })))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect(await count('outcome_claims', id)).toBe(1)
    await post({ jws: await signed(theirs, 'COMPLETED') })
    await expect.poll(() => told(id).length, SOON).toBe(1)
    expect(await count('ledger_transactions', id)).toBe(1)
  })

  test('confirms a browser’s outcome where the connection requires it', async () => {
    const { id, theirs } = await inside('kantar-e2')
    await visit(api, `/returns/kantar-e2?jws=${await signed(theirs, 'COMPLETED')}`)
    expect(await stateOf(id)).toMatchObject({ provisional: true, payable: false, grade: 'E1' })
    await expect.poll(() => told(id).length, SOON).toBe(1)
    await post({ jws: await signed(theirs, 'COMPLETED') }, 'kantar-e2')
    await expect.poll(() => told(id).length, SOON).toBe(2)
    expect(told(id).map(({ body }) => JSON.parse(body).data.provisional)).toEqual([true, false])
    expect(await count('ledger_transactions', id)).toBe(1)
  })

  test('arrives through the gateway itself: survey page, redirect, postback', async () => {
    const { id, theirs } = await inside()
    const page = await fetch(
      `${api.sandbox.url()}/kantar/router/sessions/start/${theirs.id}?auto=COMPLETED&delivery=both_twice`,
      {
        redirect: 'manual',
      },
    )
    expect(page.status).toBe(303)
    const home = await visit(api, page.headers.get('location') ?? '')
    expect(home.headers.location).toMatch(/^https:\/\/lifepoints\.example\/thanks\?token=/)
    await expect.poll(async () => (await stateOf(id)).payable, SOON).toBe(true)
    await expect.poll(() => told(id).length, SOON).toBe(1)
    await new Promise((resolve) => setTimeout(resolve, 1_700))
    expect(await count('ledger_transactions', id)).toBe(1)
    expect(told(id)).toHaveLength(1)
  })
})

describe('an arrival without proof is 4xx and changes nothing', () => {
  test('of every wrong kind of body', async () => {
    const { id, theirs } = await inside()
    const jws = await signed(theirs, 'COMPLETED')
    const wrong: [string | object, string][] = [
      ['', 'application/json'],
      ['{', 'application/json'],
      ['null', 'application/json'],
      ['[]', 'application/json'],
      [{ jws: 1 }, 'application/json'],
      [{ jws: [jws] }, 'application/json'],
      [{ jws: `${jws}x` }, 'application/json'],
      [{ other: jws }, 'application/json'],
      [`${jws}x`, 'text/plain'],
      ['\u0000\u0001', 'application/octet-stream'],
    ]
    for (const [body, type] of wrong) {
      const answer = await post(body, 'kantar-us', type)
      expect([answer.status, answer.type], JSON.stringify(body).slice(0, 40)).toEqual([400, 'application/problem+json'])
      expect(answer.text).not.toContain(id)
    }
    expect((await stateOf(id)).state).toBe('entered')
    expect((await post({ jws: 'x'.repeat(300_000) })).status).toBe(413)
    expect((await post({ jws: 'x'.repeat(33_000) })).status).toBe(413)
    for (const deep of [
      '['.repeat(30_000),
      '{"a":'.repeat(6_000),
      `{"jws":"x","a":${'['.repeat(64)}${']'.repeat(64)}}`,
    ]) {
      expect((await post(deep)).status).toBe(400)
    }
    const parameters = Array.from({ length: 1_000 }, (_, at) => `a${at}=1`).join('&')
    expect((await post(parameters, 'kantar-us', 'application/x-www-form-urlencoded')).status).toBe(400)
    const packed = (bytes: Buffer) =>
      request(api.app)
        .post('/postbacks/kantar-us')
        .set('content-type', 'application/json')
        .set('content-encoding', 'gzip')
        .serialize(() => bytes as unknown as string)
        .send({})
    expect((await packed(gzipSync(`{"jws":"${'x'.repeat(1_000_000)}"}`))).status).toBe(413)
    expect((await packed(Buffer.from('{}'))).status).toBe(400)
    expect((await post({ jws })).status).toBe(200)
  })

  test('a body whose content-length is too large is refused before it arrives', async () => {
    const server = api.app.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const sent = httpRequest({
      port,
      host: '127.0.0.1',
      method: 'POST',
      path: '/postbacks/kantar-us',
      headers: { 'content-length': 40_000 },
    })
    sent.on('error', () => undefined)
    sent.write('{"jws":"')
    const [answer] = (await once(sent, 'response')) as [IncomingMessage]
    expect(answer.statusCode).toBe(413)
    sent.destroy()
    server.closeAllConnections()
    server.close()
  })

  test('a proven one may have a byte order mark, any content type and unread members', async () => {
    const types = ['application/json', 'text/json', 'text/plain', 'application/x-www-form-urlencoded']
    for (const type of types) {
      const { id, theirs } = await inside()
      const body = `\ufeff{"jws":"${await signed(theirs, 'TERMINATED')}","lang":"en","lang":"de"}`
      expect((await post(body, 'kantar-us', type)).status, type).toBe(200)
      expect((await stateOf(id)).outcome).toBe('TERMINATED')
    }
  })

  test('unknown sessions, connections and routes', async () => {
    const { theirs } = await inside()
    expect((await post({ jws: await signed({ ...theirs, id: 'f'.repeat(32) } as Session, 'COMPLETED') })).status).toBe(
      404,
    )
    expect((await post({ jws: await signed(theirs, 'COMPLETED') }, 'kantar-e2')).status).toBe(404)
    expect((await post({ jws: 'x' }, 'nobody')).status).toBe(404)
    expect((await post({ jws: 'x' }, 'kantar-us/complete')).status).toBe(404)
    expect((await request(api.app).get('/postbacks/kantar-us')).status).toBe(404)
  })

  test('keys that cannot be fetched are 503, so that the provider retries', async () => {
    const { theirs } = await inside()
    const jws = await signed(theirs, 'COMPLETED')
    const app = createApp({
      ...api.deps,
      verifiers: {
        verify: async () => {
          const { VerificationError } = await import('../../platform/verification/verification-error.js')
          throw new VerificationError('unavailable', 'the key set cannot be read')
        },
      } as unknown as typeof api.deps.verifiers,
    })
    const answer = await request(app).post('/postbacks/kantar-us').send({ jws })
    expect(answer.status).toBe(503)
    expect(answer.headers['retry-after']).toBe('5')
  })
})

describe('while the workers are down', () => {
  test('clicks and outcomes are stored, and are applied when the workers are back', async () => {
    const sessions = await Promise.all(Array.from({ length: 10 }, () => inside()))
    await api.stopWorkers()
    const answers = await Promise.all(
      sessions.map(async ({ theirs }) => post({ jws: await signed(theirs, 'COMPLETED') })),
    )
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    for (const { id } of sessions) expect(await stateOf(id)).toMatchObject({ outcome: 'COMPLETED', payable: true })
    await api.startWorkers()
    for (const { id } of sessions) {
      await expect.poll(() => count('ledger_transactions', id), SOON).toBe(1)
      await expect.poll(() => told(id).length, SOON).toBe(1)
    }
  }, 300_000)

  test('a claim whose signal was lost is applied by the janitor', async () => {
    const { id, theirs } = await inside()
    const deaf = createApp({
      ...api.deps,
      sessions: { arrived: () => undefined } as unknown as typeof api.deps.sessions,
    })
    const answer = await request(deaf)
      .post('/postbacks/kantar-us')
      .send({ jws: await signed(theirs, 'COMPLETED') })
    expect(answer.status).toBe(200)
    await api.database
      .knex('outcome_claims')
      .where({ session_id: id })
      .update({ received_at: new Date(Date.now() - 20_000) })
    expect(await count('ledger_transactions', id)).toBe(0)
    await startJanitor(api.temporal.client)
    await startJanitor(api.temporal.client)
    await expect.poll(() => count('ledger_transactions', id), SOON).toBe(1)
    await expect.poll(() => told(id).length, SOON).toBe(1)
    await api.temporal.client.workflow.getHandle('janitor').terminate()
  })
})

test('a panel that never answers does not delay another panel', async () => {
  api.hooks.answer = ({ path }) => (path === '/toplife' ? null : { status: 204 })
  const toplife = panelOf(api, 'toplife')
  const { session_id, entry_url } = await toplife.open('deaf', 'plan')
  await visit(api, entry_url)
  const theirs = api.sandbox.kantar.sessions.all().find((one) => one.customPanelData?.internal_id === session_id)
  await post({ jws: await signed(theirs as Session, 'COMPLETED') })
  const { id, theirs: other } = await inside()
  const started = Date.now()
  await post({ jws: await signed(other, 'COMPLETED') })
  await expect.poll(() => told(id).length, SOON).toBe(1)
  expect(Date.now() - started).toBeLessThan(15_000)
  expect((await api.database.knex('postbacks').where({ session_id }).first()).state).toBe('pending')
  api.hooks.hangUp()
})

test('a redelivery has the same id', async () => {
  const { id, theirs } = await inside()
  await post({ jws: await signed(theirs, 'TERMINATED') })
  await expect
    .poll(async () => (await api.database.knex('postbacks').where({ session_id: id }).first())?.state, SOON)
    .toBe('delivered')
  const { postback_id } = await api.database.knex('postbacks').where({ session_id: id }).first()
  const again = await request(api.app)
    .post(`/v1/postbacks/${postback_id}/redeliver`)
    .set('x-api-key', 'tk_lifepoints_0123456789')
  expect(again.status).toBe(202)
  await expect.poll(() => told(id).length, SOON).toBe(2)
  expect(new Set(told(id).map(({ headers }) => headers['webhook-id']))).toEqual(new Set([postback_id]))
  expect(
    (await request(api.app).post(`/v1/postbacks/${postback_id}/redeliver`).set('x-api-key', 'tk_toplife_0123456789'))
      .status,
  ).toBe(404)
})

test('no invariant is broken after these tests', async () => {
  const broken = await checkInvariants(api.database.knex)
  expect(broken.map(({ invariant, rows }) => ({ id: invariant.id, rows }))).toEqual([])
})
