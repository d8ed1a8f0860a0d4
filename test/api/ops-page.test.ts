import { randomUUID } from 'node:crypto'
import type { Client } from '@temporalio/client'
import express from 'express'
import request from 'supertest'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { errorHandler } from '../../api/http/errors.js'
import { OperatorSessions } from '../../api/http/operator-sessions.js'
import { opsRoutes } from '../../api/ops/routes.js'
import { signInRoutes } from '../../api/pages/sign-in.js'
import { recordAttempt } from '../../commands/postbacks/record-attempt.js'
import { quarantine } from '../../commands/supply/quarantine-records.js'
import { recordFailedPoll } from '../../db/stores/connection-health-store.js'
import { openConnection, takeEpoch } from '../../db/stores/connection-store.js'
import { adapterOf } from '../../providers/adapters.js'
import {
  anEndedSession,
  KEYS,
  type ReadingApi,
  signOutsIn,
  startReadingApi,
  UNIQUE_CONNECTION,
} from './reading-support.js'

let now = new Date('2031-01-01T12:00:00Z')
let api: ReadingApi
beforeAll(async () => {
  api = await startReadingApi()
})
afterAll(() => api.close())
beforeEach(() => {
  now = new Date('2031-01-01T12:00:00Z')
})

const UI = 'http://ui.example:8233'
const told: unknown[][] = []
/** A poll loop that accepts every signal, and no `redrive`. */
const loops = {
  options: { namespace: 'default' },
  workflow: {
    getHandle: (id: string) => ({
      signal: async (signal: { name: string }, ...args: unknown[]) => told.push([id, signal.name, ...args]),
    }),
  },
  connection: {
    withDeadline: (_deadline: number, work: () => Promise<unknown>) => work(),
    workflowService: { getSystemInfo: async () => ({}) },
  },
} as unknown as Client

function app(given: { temporal?: Client; operators?: ReadingApi['deps']['config']['operators'] } = {}) {
  const deps = {
    ...api.deps,
    clock: () => now,
    temporal: given.temporal ?? loops,
    operatorSessions: new OperatorSessions(
      Buffer.alloc(32, 3),
      given.operators ?? api.deps.config.operators,
      false,
      () => now,
      signOutsIn(api.knex, () => now),
    ),
  }
  return express().use(signInRoutes(deps)).use(opsRoutes(deps, UI)).use(errorHandler(deps.logger))
}

async function signIn(key: string = KEYS.ops): Promise<{ cookie: string; token: string }> {
  const answer = await request(app()).post('/sign-in').type('form').send({ api_key: key, page: '/ops' })
  expect([answer.status, answer.headers.location]).toEqual([303, '/ops'])
  const cookie = String(answer.headers['set-cookie']).split(';')[0] ?? ''
  const page = await request(app()).get('/ops').set('cookie', cookie)
  return { cookie, token: /name="form_token" value="([^"]+)"/.exec(page.text)?.[1] ?? '' }
}

describe('signing in', () => {
  it('sets a cookie that is HttpOnly, SameSite=Strict and valid for eight hours', async () => {
    const answer = await request(app())
      .post('/sign-in')
      .type('form')
      .send({ api_key: ` ${KEYS.ops} `, page: '/ops' })
    const set = String(answer.headers['set-cookie'])
    expect(set).toMatch(/^tributary_operator=.*HttpOnly/)
    expect(set).toMatch(/SameSite=Strict/)
    expect(set).not.toContain(KEYS.ops)
    const cookie = set.split(';')[0] ?? ''
    expect((await request(app()).get('/ops').set('cookie', cookie)).status).toBe(200)
    now = new Date(now.getTime() + 8 * 3_600_000)
    expect((await request(app()).get('/ops').set('cookie', cookie)).status).toBe(401)
  })

  it('is 401 without a key, with a wrong key and with a panel’s, and names no connection', async () => {
    for (const key of ['', 'nothing', KEYS.alpha, KEYS.buyer]) {
      const answer = await request(app()).post('/sign-in').type('form').send({ api_key: key })
      expect([answer.status, answer.headers['set-cookie']], key).toEqual([401, undefined])
    }
    const page = await request(app()).get('/ops')
    expect(page.status).toBe(401)
    expect(page.text).toContain('name="api_key"')
    expect(page.text).not.toContain('kantar')
  })

  it('refuses a forged cookie, and one of a key that was changed', async () => {
    const { cookie } = await signIn()
    const [name, id, ends, own, signature] = cookie.split(/[=.]/)
    const forged = [
      `${name}=${Buffer.from('all').toString('base64url')}.${ends}.${own}.${signature}`,
      `${name}=${id}.${Number(ends) + 1}.${own}.${signature}`,
      `${name}=${id}.${ends}.another.${signature}`,
      `${name}=${id}.${ends}..${signature}`,
      `${name}=${id}.${ends}.${signature}`,
      `${name}=${id}.${ends}.${own}.`,
      `${name}=${id}.${ends}.${own}`,
      `${name}=`,
      `${name}=${id}.${ends}.${own}.${signature}.`,
    ]
    for (const one of forged) expect((await request(app()).get('/ops').set('cookie', one)).status, one).toBe(401)
    const operators = api.deps.config.operators.map((one) => ({ ...one, apiKey: `${one.apiKey}-new` }))
    expect((await request(app({ operators })).get('/ops').set('cookie', cookie)).status).toBe(401)
    expect(
      (
        await request(app({ operators: [] }))
          .get('/ops')
          .set('cookie', cookie)
      ).status,
    ).toBe(401)
  })

  it('shows the page to the role ops only, and redirects to no other site', async () => {
    const { cookie } = await signIn(KEYS.finance)
    expect((await request(app()).get('/ops').set('cookie', cookie)).status).toBe(403)
    const away = await request(app()).post('/sign-in').type('form').send({ api_key: KEYS.ops, page: '//evil.example' })
    expect(away.headers.location).toBe('/ops')
  })

  it('is 403 from another site, and ends by signing out', async () => {
    const foreign = () => request(app()).post('/sign-in').type('form').send({ api_key: KEYS.ops })
    expect((await foreign().set('sec-fetch-site', 'cross-site')).status).toBe(403)
    // another port of the same host is the same site to a browser
    expect((await foreign().set('sec-fetch-site', 'same-site')).status).toBe(403)
    expect((await foreign().set('origin', 'http://evil.example')).status).toBe(403)
    expect((await foreign().set('origin', 'null')).status).toBe(403)
    expect((await foreign().set('sec-fetch-site', 'same-origin')).status).toBe(303)
    const { cookie, token } = await signIn()
    const out = await request(app()).post('/sign-out').type('form').set('cookie', cookie).send({ form_token: token })
    expect(out.status).toBe(303)
    expect(String(out.headers['set-cookie'])).toMatch(/tributary_operator=;.*Expires=Thu, 01 Jan 1970/)
  })

  it('ends for every copy of its cookie, after a restart and in another process', async () => {
    const { cookie, token } = await signIn()
    const other = await signIn()
    const signOut = (form_token: string) =>
      request(app()).post('/sign-out').type('form').set('cookie', cookie).send({ form_token })
    // a form with another sign-in's token ends nothing
    expect((await signOut(other.token)).status).toBe(403)
    expect((await request(app()).get('/ops').set('cookie', cookie)).status).toBe(200)
    expect((await signOut(token)).status).toBe(303)
    // each call of app() is like a process that just started: only PostgreSQL has the sign-out
    for (const path of ['/ops', '/ops?notice=poll'])
      expect((await request(app()).get(path).set('cookie', cookie)).status, path).toBe(401)
    const pressed = await request(app())
      .post('/ops/connections/kantar-us/poll')
      .type('form')
      .set('cookie', cookie)
      .send({ form_token: token })
    expect(pressed.status).toBe(401)
    expect((await signOut(token)).status).toBe(303)
    // the same operator stays signed in in another browser
    expect((await request(app()).get('/ops').set('cookie', other.cookie)).status).toBe(200)
  })

  it('has its sign-out deleted once its cookie has expired', async () => {
    const { cookie, token } = await signIn()
    await request(app()).post('/sign-out').type('form').set('cookie', cookie).send({ form_token: token })
    now = new Date(now.getTime() + 9 * 3_600_000)
    const later = await signIn()
    await request(app()).post('/sign-out').type('form').set('cookie', later.cookie).send({ form_token: later.token })
    expect(await api.knex('operator_sign_outs').where('ends_at', '<=', now)).toEqual([])
    expect(await api.knex('operator_sign_outs').where('ends_at', '>', now)).toHaveLength(1)
  })

  it('has the roles that the operator has now', async () => {
    const { cookie } = await signIn()
    const operators = api.deps.config.operators.map((one) => ({ ...one, roles: ['finance' as const] }))
    expect((await request(app({ operators })).get('/ops').set('cookie', cookie)).status).toBe(403)
  })

  it('is not needed to read with a key, but to press buttons', async () => {
    const page = await request(app()).get('/ops').set('x-api-key', KEYS.ops)
    expect(page.status).toBe(200)
    const pressed = await request(app()).post('/ops/connections/kantar-us/poll').type('form').set('x-api-key', KEYS.ops)
    expect(pressed.status).toBe(401)
  })
})

describe('GET /ops', () => {
  it('shows states, reasons, records and dead letters, escaped, with links and no script', async () => {
    await openConnection(api.knex, { connection: 'kantar-us', provider: 'kantar' })
    await api
      .knex('connections')
      .where({ connection: 'kantar-us' })
      .update({ last_success_at: new Date(now.getTime() - 125_000) })
    const epoch = (await takeEpoch(api.knex, 'kantar-us', now))?.pollEpoch ?? ''
    const reason = 'answered 401: <script>alert(1)</script>'
    await recordFailedPoll(api.knex, 'kantar-us', { epoch, state: 'blocked', reason, now })
    const raw = Buffer.from(`{"id":"<img src=x onerror=1>","fill":"${'é'.repeat(600)}"}`)
    await quarantine(
      api.knex,
      { connection: 'kantar-us', provider: 'kantar', epoch, now },
      [{ providerSurveyId: 'plan-"9"', order: null, reason: 'loi: must be a number', raw }],
      '0',
    )
    const session = await anEndedSession(api.knex, new Date(now.getTime() - 60_000))
    const { postback_id } = await api.knex('postbacks').where({ session_id: session.sessionId }).first('postback_id')
    const failed = { at: now, status: 410, error: null, bodyHead: null, durationMs: 3 }
    await recordAttempt(api.knex, postback_id, failed, { state: 'dead', ownedUntil: now })

    const { cookie } = await signIn()
    const page = await request(app()).get('/ops').set('cookie', cookie)
    expect(page.status).toBe(200)
    expect(page.headers['content-security-policy']).toContain("default-src 'none'")
    expect(page.headers['cache-control']).toBe('no-store')
    expect(page.text).not.toMatch(/<script|<img|<[^>]*\son\w+=|style="|<style/)
    expect(page.text).toContain('answered 401: &lt;script&gt;alert(1)&lt;/script&gt;')
    expect(page.text).toContain('&lt;img src=x onerror=1&gt;')
    expect(page.text).toContain('plan-&quot;9&quot;')
    expect(page.text).toContain('>blocked<')
    expect(page.text).toContain('2 min ago')
    expect(page.text).toContain(`href="${UI}/namespaces/default/workflows/poll%3Akantar-us"`)
    expect(page.text).toContain(`${UI}/namespaces/default/workflows/session%3A${session.sessionId}`)
    expect(page.text).toContain('answered 410')
    // the excerpt ends within a character, which is left out
    expect(page.text).not.toContain('\ufffd')
    const views = [...page.text.matchAll(/href="([^"]+\/workflows\?[^"]+)"/g)].map(
      ([, url = '']) => new URL(url.replaceAll('&amp;', '&')),
    )
    const named = new Map(views.map((url) => [url.searchParams.get('savedQuery'), url.searchParams.get('query')]))
    expect(named.get('Pollers not healthy')).toBe(
      'WorkflowType = "pollProvider" AND ExecutionStatus = "Running" AND TributaryState != "healthy"',
    )
    expect(named.get('Provider kantar')).toBe('TributaryProvider = "kantar" AND ExecutionStatus = "Running"')
  })

  it('pages through the quarantine of one connection or all', async () => {
    await api.knex('quarantine').delete()
    const records = Array.from({ length: 23 }, (_, at) => ({
      providerSurveyId: `plan-${at}`,
      order: null,
      reason: 'unreadable',
      raw: Buffer.from(`{"n":${at}}`),
    }))
    await quarantine(api.knex, { connection: 'kantar-us', provider: 'kantar', epoch: '1', now }, records, '0')
    await quarantine(
      api.knex,
      { connection: 'kantar-jp', provider: 'kantar', epoch: '1', now },
      records.slice(0, 1),
      '0',
    )
    const { cookie } = await signIn()
    const get = (path: string) => request(app()).get(path).set('cookie', cookie)
    const first = await get('/ops?connection=kantar-us')
    const next = /href="(\/ops\?connection=kantar-us&amp;cursor=[^"#]+)#quarantine">Older/.exec(first.text)?.[1]
    const second = await get((next ?? '').replaceAll('&amp;', '&'))
    const count = (text: string) => text.match(/action="\/ops\/quarantine\//g)?.length ?? 0
    expect([count(first.text), count(second.text)]).toEqual([20, 3])
    expect(second.text).not.toContain('Older records')
    expect(first.text).not.toContain('Newest records')
    expect(second.text).toMatch(/href="\/ops\?connection=kantar-us#quarantine">Newest records/)
    // a browser sends a filter that is not set as an empty field
    const all = await get('/ops?connection=')
    expect([all.status, all.text.includes('<option value="kantar-us">')]).toEqual([200, true])
    expect(first.text).toContain('<option value="kantar-us" selected>')
    const none = await get('/ops?connection=nothing-there')
    expect(none.text).toContain('None of nothing-there.')
    expect(none.text).toContain('<option value="nothing-there" selected>')
    expect((await get('/ops?notice=%3Cb%3Eowned')).text).not.toContain('owned')
  })
})

describe('the buttons of /ops', () => {
  it('signal the poll loop, only from a form of this sign-in', async () => {
    const { cookie, token } = await signIn()
    const other = await signIn(KEYS.all)
    const press = (path: string, body: object) =>
      request(app()).post(path).type('form').set('cookie', cookie).send(body)
    told.length = 0
    for (const form_token of ['', 'x', other.token])
      expect((await press('/ops/connections/kantar-us/pause', { reason: 'x', form_token })).status).toBe(403)
    expect(
      (await press('/ops/connections/kantar-us/pause', { form_token: token }).set('sec-fetch-site', 'same-site'))
        .status,
    ).toBe(403)
    expect(told).toEqual([])

    const paused = await press('/ops/connections/kantar-us/pause', { reason: 'until noon', form_token: token })
    expect([paused.status, paused.headers.location]).toEqual([303, '/ops?notice=pause'])
    await press('/ops/connections/kantar-us/resume', { form_token: token })
    await press(`/ops/connections/${UNIQUE_CONNECTION}/poll`, { form_token: token })
    expect(told).toEqual([
      ['poll:kantar-us', 'pause', 'until noon'],
      ['poll:kantar-us', 'resume'],
      [`poll:${UNIQUE_CONNECTION}`, 'pollNow'],
    ])
    const notice = await request(app()).get('/ops?notice=pause').set('cookie', cookie)
    expect(notice.text).toContain('Pause requested')
    expect((await press('/ops/connections/nothing/poll', { form_token: token })).status).toBe(404)
    expect((await press('/ops/connections/kantar-us/pause', { reason: '', form_token: token })).status).toBe(400)
  })

  it('pause and resume a provider without a poll loop in its connection row', async () => {
    await openConnection(api.knex, { connection: UNIQUE_CONNECTION, provider: 'dynata' })
    const row = () => api.knex('connections').where({ connection: UNIQUE_CONNECTION }).first()
    await api
      .knex('connections')
      .where({ connection: UNIQUE_CONNECTION })
      .update({ fail_streak: 2, next_poll_at: new Date('2031-01-01T13:00:00Z') })
    const findUpstream = (id: string) => {
      const upstream = api.deps.findUpstream(id)
      return upstream !== null && id === UNIQUE_CONNECTION ? { ...upstream, adapter: adapterOf('dynata') } : upstream
    }
    const deps = { ...api.deps, temporal: loops, findUpstream }
    const program = express().use(opsRoutes(deps, UI)).use(errorHandler(deps.logger))
    const act = (action: string) =>
      request(program).post(`/v1/ops/connections/${UNIQUE_CONNECTION}/${action}`).set('x-api-key', KEYS.ops)
    told.length = 0
    expect((await act('pause').send({ reason: 'quiet' })).status).toBe(202)
    expect(await row()).toMatchObject({ paused: true, state: 'paused', reason: 'quiet' })
    await api.knex('connections').where({ connection: UNIQUE_CONNECTION }).update({ next_poll_at: now })
    expect((await act('resume')).status).toBe(202)
    expect(await row()).toMatchObject({ paused: false, state: 'degraded', next_poll_at: null })
    expect(told).toEqual([])
    const { body } = await request(program).get('/v1/ops/connections').set('x-api-key', KEYS.ops)
    const [one] = body.connections.filter(({ id }: { id: string }) => id === UNIQUE_CONNECTION)
    expect(decodeURIComponent(one.workflow_url)).toBe(
      `${UI}/namespaces/default/workflows?query=TributaryConnection = "${UNIQUE_CONNECTION}"`,
    )
  })

  it('show on the page what failed, and redeliver a dead letter', async () => {
    const { cookie, token } = await signIn()
    const press = (path: string, temporal?: Client) =>
      request(app(temporal === undefined ? {} : { temporal }))
        .post(path)
        .type('form')
        .set('cookie', cookie)
        .send({ form_token: token })
    const away = await press('/ops/connections/kantar-us/poll', api.deps.temporal)
    expect(away.status).toBe(503)
    expect(away.text).toMatch(/class="alert" role="alert">Temporal, or its worker, does not answer/)
    expect((await press(`/ops/quarantine/${randomUUID()}/redrive`)).status).toBe(404)
    expect((await press('/ops/postbacks/msg_unknown/redeliver')).status).toBe(404)

    const dead = await api.knex('postbacks').where({ state: 'dead' }).first('postback_id')
    const again = await press(`/ops/postbacks/${dead.postback_id}/redeliver`)
    expect(again.headers.location).toBe('/ops?notice=redeliver')
    expect(api.redelivered).toEqual([[dead.postback_id, 1]])
    expect((await api.knex('postbacks').where(dead).first('state')).state).toBe('pending')
  })
})
