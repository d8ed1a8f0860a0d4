import request from 'supertest'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createApp } from '../../api/app.js'
import { connectDatabase } from '../../db/connect.js'
import { SOON } from '../support/patience.js'
import { KEYS, PLAN, panelOf, type SessionApi, startSessionApi, visit } from '../support/session-api.js'

/** Long enough for a machine that is busy with everything else. */

let api: SessionApi
let panel: ReturnType<typeof panelOf>
let panelists = 0
const someone = (): string => `p-${++panelists}`

beforeAll(async () => {
  api = await startSessionApi()
  panel = panelOf(api)
  await api.offer({ id: 'plan' })
  await api.offer({ id: 'other', pricing: { ...PLAN.pricing, cpi: 90 } })
})
afterAll(() => api.close())
afterEach(() => {
  api.skew = 0
  api.sandbox.faults.clear()
})

const rowsOf = (panelistId: string) => api.database.knex('sessions').where({ panelist_id: panelistId })

describe('a session', () => {
  test('is created with its link, its locked price and the reward of a complete', async () => {
    const who = someone()
    const { offer_id, survey_id } = await panel.offerOf(who, 'plan')
    const answer = await panel.create({ offer_id, panelist_id: who, custom_panel_data: { click: 'c-1' } })
    expect(answer.status).toBe(201)
    expect(answer.body).toEqual({
      session_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      entry_url: expect.stringMatching(new RegExp(`^${api.publicUrl}/e/[A-Za-z0-9_-]{32}$`)),
      expires_at: expect.any(String),
      state: 'created',
      price: { amount_minor: 150, currency: 'USD' },
      reward: { amount: 75, currency: 'points' },
    })
    expect(Math.abs(Date.parse(answer.body.expires_at) - Date.now() - 30 * 60_000)).toBeLessThan(5 * 60_000)
    const { body } = await panel.session(answer.body.session_id)
    expect(body).toMatchObject({
      state: 'created',
      survey_id,
      connection: 'kantar-us',
      provider: 'kantar',
      provider_survey_id: 'plan',
      custom_panel_data: { click: 'c-1' },
      workflow_id: `session:${answer.body.session_id}`,
    })
    // the link's token, our id and the provider's id are three different values
    expect(answer.body.entry_url).not.toContain(answer.body.session_id)
    expect(body.provider_session_id).not.toBe(answer.body.session_id)
  })

  test('sends the provider our session id, and no custom_panel_data', async () => {
    const who = someone()
    const { session_id } = await panel.open(who, 'plan', 'kantar-us', {
      custom_panel_data: { secret: 'canary' },
      profile: { sex: '1', income: '7' },
    })
    const upstream = api.sandbox.kantar.sessions.all().at(-1)
    expect(upstream?.customPanelData).toEqual({ internal_id: session_id })
    expect(upstream?.panelistId).toBe(`lifepoints.${who}`)
    expect(JSON.stringify(upstream)).not.toContain('canary')
  })

  test('locks the newest price when it rose since the offer', async () => {
    await api.offer({ id: 'rising' })
    const who = someone()
    const { offer_id } = await panel.offerOf(who, 'rising')
    await api.offer({ id: 'rising', pricing: { ...PLAN.pricing, cpi: 200 } })
    const { body } = await panel.create({ offer_id, panelist_id: who })
    expect(body.price).toEqual({ amount_minor: 200, currency: 'USD' })
    await api.offer({ id: 'rising', pricing: { ...PLAN.pricing, cpi: 50 } })
    expect((await panel.session(body.session_id)).body.price).toEqual({ amount_minor: 200, currency: 'USD' })
  })
})

describe('an offer that cannot be read', () => {
  test.each([
    ['made up', async () => 'nonsense'],
    ['cut', async (who: string) => (await panel.offerOf(who, 'plan')).offer_id.slice(0, -2)],
    ['another panelist’s', async () => (await panel.offerOf(someone(), 'plan')).offer_id],
    ['another panel’s', async (who: string) => (await panelOf(api, 'toplife').offerOf(who, 'plan')).offer_id],
  ])('%s is 404 with the same body', async (_name, make) => {
    const who = someone()
    const answer = await panel.create({ offer_id: await make(who), panelist_id: who })
    expect(answer.status).toBe(404)
    expect(answer.body).toMatchObject({
      code: 'not_found',
      detail: 'Offer not found: send an offer_id of a match for this panelist',
    })
    expect(await rowsOf(who)).toEqual([])
  })

  test('another panel’s session is 404', async () => {
    const { session_id } = await panel.open(someone(), 'plan')
    expect((await panelOf(api, 'toplife').session(session_id)).status).toBe(404)
  })
})

describe('an offer that is no longer valid', () => {
  test.each<[string, object]>([
    ['cheaper', { pricing: { ...PLAN.pricing, cpi: 149 } }],
    ['of another currency', { pricing: { ...PLAN.pricing, currency: 'EUR' } }],
    ['closed', { status: 'CLOSED' }],
    ['paused', { status: 'PAUSED' }],
    ['full', { available_completes: 0 }],
  ])('now %s is 409 offer_gone with up to three others', async (name, change) => {
    const id = `gone ${name}`
    await api.offer({ id })
    const who = someone()
    const { offer_id, survey_id } = await panel.offerOf(who, id)
    await api.offer({ id, ...change })
    const answer = await panel.create({ offer_id, panelist_id: who, profile: {} })
    expect(answer.status).toBe(409)
    expect(answer.type).toBe('application/problem+json')
    expect(answer.body.code).toBe('offer_gone')
    const alternatives = answer.body.alternatives as { survey_id: string; offer_id: string }[]
    expect(alternatives.length).toBeGreaterThan(0)
    expect(alternatives.length).toBeLessThanOrEqual(3)
    // the same survey comes first when only its price changed
    expect(alternatives[0]?.survey_id === survey_id).toBe(name === 'cheaper' || name === 'of another currency')
    const again = await panel.create({ offer_id: alternatives[0]?.offer_id, panelist_id: who })
    expect(again.status).toBe(201)
    expect(await rowsOf(who)).toHaveLength(1)
  })

  test('is gone after fifteen minutes, and not earlier', async () => {
    const who = someone()
    const { offer_id } = await panel.offerOf(who, 'plan')
    api.skew = 15 * 60_000 + 5_000
    const answer = await panel.create({ offer_id, panelist_id: who })
    expect(answer.status).toBe(409)
    expect(answer.body.alternatives[0].provider_survey_id).toBeDefined()
    api.skew = 15 * 60_000 - 15_000
    expect((await panel.create({ offer_id, panelist_id: who })).status).toBe(201)
  })

  test('that the provider refuses is gone too, and no session is announced', async () => {
    const who = someone()
    const { offer_id } = await panel.offerOf(who, 'plan')
    api.sandbox.faults.set('kantar.session', { status: 400 })
    const answer = await panel.create({ offer_id, panelist_id: who })
    expect(answer.status).toBe(409)
    expect(answer.body.code).toBe('offer_gone')
    expect(await rowsOf(who)).toMatchObject([{ state: 'finished', outcome: 'QUOTA_FULL', announced: false }])
    expect(api.hooks.heard.filter(({ body }) => body.includes(who))).toEqual([])
    api.sandbox.faults.clear()
    // the panel may retry what the provider refused
    expect((await panel.create({ offer_id, panelist_id: who })).status).toBe(201)
  })
})

describe('an unfinished session', () => {
  test('is the only one: another create is 409 session_exists with its link', async () => {
    const who = someone()
    const { offer_id } = await panel.offerOf(who, 'plan')
    const first = await panel.create({ offer_id, panelist_id: who })
    const second = await panel.create({ offer_id, panelist_id: who })
    expect(second.status).toBe(409)
    expect(second.body).toMatchObject({
      code: 'session_exists',
      session_id: first.body.session_id,
      entry_url: first.body.entry_url,
    })
    // the survey is not offered again meanwhile
    await expect(panel.offerOf(who, 'plan')).rejects.toThrow('not offered')
  })

  test('is one for twenty creates at the same time', async () => {
    const who = someone()
    const { offer_id } = await panel.offerOf(who, 'plan')
    const answers = await Promise.all(Array.from({ length: 20 }, () => panel.create({ offer_id, panelist_id: who })))
    const created = answers.filter(({ status }) => status === 201)
    expect(created).toHaveLength(1)
    for (const { status, body } of answers.filter((one) => one.status !== 201)) {
      expect(status).toBe(409)
      expect(body).toMatchObject({
        code: 'session_exists',
        session_id: created[0]?.body.session_id,
        entry_url: created[0]?.body.entry_url,
      })
    }
    expect(await rowsOf(who)).toHaveLength(1)
  })
})

describe('an Idempotency-Key', () => {
  test('repeats the stored 201, marked as a replay', async () => {
    const who = someone()
    const { offer_id } = await panel.offerOf(who, 'plan')
    const first = await panel.create({ offer_id, panelist_id: who }, 'key-1')
    const again = await panel.create({ offer_id, panelist_id: who }, 'key-1')
    expect(first.status).toBe(201)
    expect(first.headers['idempotent-replayed']).toBeUndefined()
    expect(again.status).toBe(201)
    expect(again.headers['idempotent-replayed']).toBe('true')
    expect(again.body).toEqual(first.body)
    expect((await panel.create({ offer_id, panelist_id: who, device: 'mobile' }, 'key-1')).status).toBe(422)
  })

  test('makes one session of two hundred identical requests', async () => {
    const who = someone()
    const { offer_id } = await panel.offerOf(who, 'plan')
    const answers = await Promise.all(
      Array.from({ length: 200 }, () => insisting(() => panel.create({ offer_id, panelist_id: who }, 'rush'))),
    )
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]))
    expect(new Set(answers.map(({ body }) => body.session_id)).size).toBe(1)
    expect(answers.filter(({ headers }) => headers['idempotent-replayed'] === undefined)).toHaveLength(1)
    expect(await rowsOf(who)).toHaveLength(1)
  })

  test('of a refused request can be used again', async () => {
    const who = someone()
    expect((await panel.create({ offer_id: 'nonsense', panelist_id: who }, 'retry')).status).toBe(404)
    const { offer_id } = await panel.offerOf(who, 'plan')
    expect((await panel.create({ offer_id, panelist_id: who }, 'retry')).status).toBe(201)
  })

  test('of a request that failed after its session was stored continues with that session', async () => {
    const who = someone()
    const { offer_id } = await panel.offerOf(who, 'plan')
    const broken = createApp({
      ...api.deps,
      sessions: {
        ...api.deps.sessions,
        open: async () => {
          throw new Error('the connection to the database was lost')
        },
      } as unknown as typeof api.deps.sessions,
    })
    const body = { offer_id, panelist_id: who }
    const first = await request(broken)
      .post('/v1/sessions')
      .set('x-api-key', KEYS.lifepoints)
      .set('Idempotency-Key', 'b')
      .send(body)
    expect(first.status).toBe(500)
    const again = await panel.create(body, 'b')
    expect(again.status).toBe(201)
    expect(again.body.state).toBe('created')
    expect(await rowsOf(who)).toHaveLength(1)
  })

  test.each(['', 'x'.repeat(256)])('of a wrong length is 400', async (key) => {
    expect((await panel.create({ offer_id: 'x', panelist_id: 'p' }, key)).status).toBe(400)
  })
})

describe('a provider that does not answer', () => {
  test('in time is 201 opening; the session opens once it answers', async () => {
    const who = someone()
    const { offer_id } = await panel.offerOf(who, 'plan')
    api.sandbox.faults.set('kantar.session', { status: 503 })
    const quick = createApp({ ...api.deps, sessions: impatient() })
    const answer = await request(quick)
      .post('/v1/sessions')
      .set('x-api-key', KEYS.lifepoints)
      .send({ offer_id, panelist_id: who })
    expect(answer.status).toBe(201)
    expect(answer.body).toMatchObject({ state: 'opening', price: { amount_minor: 150 } })
    const waiting = await visit(api, answer.body.entry_url)
    expect(waiting.status).toBe(200)
    expect(waiting.headers.refresh).toMatch(/^2; url=\/e\//)
    api.sandbox.faults.clear()
    await expect.poll(async () => (await panel.session(answer.body.session_id)).body.state, SOON).toBe('created')
    expect((await visit(api, answer.body.entry_url)).status).toBe(302)
  })

  test('while Temporal is down is 201 opening immediately, and the janitor finds the row', async () => {
    const who = someone()
    const { offer_id } = await panel.offerOf(who, 'plan')
    const away = createApp({ ...api.deps, sessions: { open: async () => null } as unknown as typeof api.deps.sessions })
    const answer = await request(away)
      .post('/v1/sessions')
      .set('x-api-key', KEYS.lifepoints)
      .send({ offer_id, panelist_id: who })
    expect(answer.status).toBe(201)
    expect(answer.body.state).toBe('opening')
    expect(await rowsOf(who)).toMatchObject([{ state: 'opening', announced: true, workflow_started_at: null }])
  })
})

describe('an invalid request', () => {
  test.each<[string, object, string]>([
    ['no offer', { panelist_id: 'p' }, 'offer_id'],
    ['no panelist', { offer_id: 'x' }, 'panelist_id'],
    ['a control character', { offer_id: 'x', panelist_id: 'a\u0000b' }, 'panelist_id'],
    [
      'too large custom_panel_data',
      { offer_id: 'x', panelist_id: 'p', custom_panel_data: { a: 'x'.repeat(1_025) } },
      'custom_panel_data',
    ],
    ['a NUL within', { offer_id: 'x', panelist_id: 'p', custom_panel_data: { a: '\u0000' } }, 'custom_panel_data'],
    ['an unknown field', { offer_id: 'x', panelist_id: 'p', price: 1 }, 'price'],
    ['an invalid IP address', { offer_id: 'x', panelist_id: 'p', user_ip: '999.1.1.1' }, 'user_ip'],
  ])('%s', async (_name, body, field) => {
    const answer = await panel.create(body)
    expect(answer.status).toBe(400)
    expect(answer.body.errors[0].field).toContain(field)
  })

  test('without a database is 503 with Retry-After, and stores nothing', async () => {
    const nowhere = connectDatabase({
      url: 'postgres://nobody:x@127.0.0.1:1/none',
      applicationName: 'away',
      poolSize: 1,
    })
    const who = someone()
    const { offer_id } = await panel.offerOf(who, 'plan')
    const away = createApp({ ...api.deps, knex: nowhere })
    const answer = await request(away)
      .post('/v1/sessions')
      .set('x-api-key', KEYS.lifepoints)
      .send({ offer_id, panelist_id: who })
    expect(answer.status).toBe(503)
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
    expect(answer.body.code).toBe('database_unavailable')
    await nowhere.destroy()
  })
})

/** Retries on 503, as a client does: a busy machine may answer some of many requests with it. */
async function insisting<Answer extends { status: number }>(ask: () => Promise<Answer>): Promise<Answer> {
  const answer = await ask()
  return answer.status === 503 ? insisting(ask) : answer
}

/** The real one, except that it waits at most half a second for the entry. */
function impatient(): SessionApi['deps']['sessions'] {
  const { sessions } = api.deps
  return {
    open: (row: Parameters<typeof sessions.open>[0]) =>
      Promise.race([sessions.open(row), new Promise((resolve) => setTimeout(() => resolve(null), 500))]),
  } as unknown as typeof sessions
}
