import request from 'supertest'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createApp } from '../../api/app.js'
import { SOON } from '../support/patience.js'
import { PLAN, panelOf, type SessionApi, startSessionApi, type TestOffer, visit } from '../support/session-api.js'

/** Long enough for a machine that is busy with everything else. */

let api: SessionApi
let panel: ReturnType<typeof panelOf>
let panelists = 0
const someone = (): string => `p-${++panelists}`

beforeAll(async () => {
  api = await startSessionApi()
  panel = panelOf(api)
  await api.offer({ id: 'everybody' })
  await api.offer({ id: 'men', qualifications: [{ question_id: 'sex', qualifying_answers: ['male'] }] })
  await api.offer({ id: 'adults', qualifications: [{ question_id: 'age', qualifying_answers: ['18-40'] }] })
  await api.offer({ id: 'dogs', qualifications: [{ question_id: 'pets', qualifying_answers: ['2'] }] })
  await api.offer({ id: 'british', country: 'GBR', pricing: { ...PLAN.pricing, currency: 'GBP' } })
  await api.offer({ id: 'phones', device_requirements: ['mobile'] })
  await api.offer({
    id: 'quotas',
    quotas: [
      {
        id: 'men',
        available_completes: 5,
        status: 'OPEN',
        qualifications: [{ question_id: 'sex', qualifying_answers: ['male'] }],
      },
      {
        id: 'dear',
        available_completes: 5,
        status: 'OPEN',
        qualifications: [{ question_id: 'sex', qualifying_answers: ['male'] }],
        pricing: { cpi: 300, unit: 'fractional', currency: 'USD' },
      },
      {
        id: 'full',
        available_completes: 0,
        status: 'OPEN',
        qualifications: [{ question_id: 'sex', qualifying_answers: ['female'] }],
      },
    ],
  })
})
afterAll(() => api.close())
afterEach(() => {
  api.skew = 0
})

async function match(
  body: object = {},
): Promise<{ plans: string[]; offers: TestOffer[]; body: Record<string, unknown> }> {
  const answer = await panel.match({
    panelist_id: someone(),
    country: 'USA',
    connections: ['kantar-us'],
    limit: 200,
    ...body,
  })
  if (answer.status !== 200) throw new Error(`match answered ${answer.status}: ${answer.text}`)
  const offers = answer.body.offers as TestOffer[]
  return { plans: offers.map((offer) => offer.provider_survey_id).sort(), offers, body: answer.body }
}

describe('a panelist is offered', () => {
  test('surveys whose country, answers, ranges and several answers match', async () => {
    expect((await match()).plans).toEqual(['everybody', 'phones'])
    expect((await match({ profile: { sex: 'male' } })).plans).toEqual(['everybody', 'men', 'phones', 'quotas'])
    expect((await match({ profile: { age: 40 } })).plans).toContain('adults')
    expect((await match({ profile: { age: '18' } })).plans).toContain('adults')
    expect((await match({ profile: { age: 41 } })).plans).not.toContain('adults')
    expect((await match({ profile: { pets: '1|2' } })).plans).toContain('dogs')
    expect((await match({ profile: { pets: ['1', '2'] } })).plans).toContain('dogs')
    expect((await match({ profile: { pets: '12' } })).plans).not.toContain('dogs')
    expect((await match({ country: 'GBR' })).plans).toEqual(['british'])
  })

  test('surveys by the age of a date of birth', async () => {
    const year = new Date().getUTCFullYear()
    expect((await match({ date_of_birth: `${year - 30}-01-01` })).plans).toContain('adults')
    expect((await match({ profile: { date_of_birth: `${year - 60}-01-01` } })).plans).not.toContain('adults')
  })

  test('surveys for their device; a device that is not given restricts nothing', async () => {
    expect((await match({ device: 'desktop' })).plans).toEqual(['everybody'])
    expect((await match({ device: 'mobile' })).plans).toEqual(['everybody', 'phones'])
  })

  test('each survey once, at the open quota that fits and pays best', async () => {
    const { offers } = await match({ profile: { sex: 'male' } })
    const [quotas, ...more] = offers.filter((offer) => offer.provider_survey_id === 'quotas')
    expect(more).toEqual([])
    expect(quotas).toMatchObject({ provider_quota_id: 'dear', cpi: { amount_minor: 300, currency: 'USD' } })
    expect((await match({ profile: { sex: 'female' } })).plans).not.toContain('quotas')
  })

  test('surveys by the stored profile, unless the request overrides it', async () => {
    const who = someone()
    const put = await request(api.app)
      .put(`/v1/panelists/${who}`)
      .set('x-api-key', 'tk_lifepoints_0123456789')
      .send({ country: 'USA', date_of_birth: '2000-01-01', profile: { sex: 'male' } })
    expect([200, 201, 204]).toContain(put.status)
    expect((await match({ panelist_id: who, country: undefined })).plans).toEqual(
      expect.arrayContaining(['adults', 'men']),
    )
    expect((await match({ panelist_id: who, profile: { sex: 'female' } })).plans).not.toContain('men')
    expect((await match({ panelist_id: who, country: 'GBR' })).plans).toEqual(['british'])
  })

  test('no survey in progress or completed; one with another outcome may be offered again', async () => {
    const who = someone()
    const { session_id, entry_url } = await panel.open(who, 'everybody')
    expect((await match({ panelist_id: who })).plans).not.toContain('everybody')
    await visit(api, entry_url)
    const end = async (id: string, outcome: string): Promise<void> => {
      const theirs = api.sandbox.kantar.sessions.all().find((one) => one.customPanelData?.internal_id === id)
      if (theirs === undefined) throw new Error('the gateway does not know the session')
      await api.sandbox.kantar.outcomes.post(theirs, outcome as 'COMPLETED')
    }
    await end(session_id, 'TERMINATED')
    expect((await match({ panelist_id: who })).plans).toContain('everybody')
    const second = await panel.open(who, 'everybody')
    await visit(api, second.entry_url)
    await end(second.session_id, 'COMPLETED')
    expect((await match({ panelist_id: who })).plans).not.toContain('everybody')
    // the same id at another panel is another panelist
    const other = await panelOf(api, 'toplife').match({ panelist_id: who, country: 'USA', limit: 200 })
    expect(other.body.offers.map((offer: TestOffer) => offer.provider_survey_id)).toContain('everybody')
  })
})

describe('the answer', () => {
  test('has every field of the contract', async () => {
    const { body } = await match({ profile: { sex: 'male' } })
    expect(body).toEqual({
      panelist_id: expect.any(String),
      offers: expect.any(Array),
      connections: [{ id: 'kantar-us', status: 'ok', age_seconds: expect.any(Number) }],
      catalogue: { revision: expect.any(Number), age_ms: expect.any(Number) },
    })
    expect((body.offers as unknown[])[0]).toEqual({
      offer_id: expect.any(String),
      survey_id: expect.stringMatching(/^sv_/),
      connection: 'kantar-us',
      provider: 'kantar',
      provider_survey_id: 'quotas',
      provider_quota_id: 'dear',
      match: 'yes',
      loi_minutes: 5,
      ir_percent: 50,
      conversion_percent: expect.any(Number),
      cpi: { amount_minor: 300, currency: 'USD' },
      reward: { amount: 150, currency: 'points' },
      score: expect.any(Number),
      why: expect.any(Array),
      expires_at: expect.any(String),
    })
  })

  test('has opaque, short offers in ranked order', async () => {
    const { offers } = await match({ profile: { sex: 'male' } })
    for (const { offer_id } of offers) expect(offer_id.length).toBeLessThanOrEqual(1_024)
    expect(offers[0]?.provider_survey_id).toBe('quotas')
    const scores = offers.map((offer) => (offer as unknown as { score: number }).score)
    expect(scores).toEqual([...scores].sort((a, b) => b - a))
  })

  test('holds at most `limit` offers, the best ones', async () => {
    const all = await match({ profile: { sex: 'male', age: 30 } })
    const two = await match({ profile: { sex: 'male', age: 30 }, limit: 2 })
    expect(two.offers.map((offer) => offer.survey_id)).toEqual(all.offers.slice(0, 2).map((offer) => offer.survey_id))
  })

  test('names the connections that the panel may use, restricted to the requested ones', async () => {
    const answer = await panel.match({ panelist_id: someone(), country: 'USA' })
    expect(answer.body.connections.map(({ id }: { id: string }) => id).sort()).toEqual([
      'kantar-e0',
      'kantar-e2',
      'kantar-us',
    ])
    expect((await match({ connections: ['nobody'] })).body).toMatchObject({ offers: [], connections: [] })
  })

  test('writes nothing: a thousand matches leave no row', async () => {
    const tables = ['sessions', 'session_events', 'idempotency_keys', 'panelists', 'outcome_claims']
    const rows = async () =>
      Promise.all(tables.map(async (table) => Number((await api.database.knex(table).count('* as n').first())?.n)))
    const before = await rows()
    for (let n = 0; n < 20; n++) await Promise.all(Array.from({ length: 10 }, () => match()))
    expect(await rows()).toEqual(before)
  })
})

describe('a change of supply', () => {
  test('removes a closed survey and reprices another within a second of the poll', async () => {
    await api.offer({ id: 'moving' })
    expect((await match()).plans).toContain('moving')
    await api.offer({ id: 'moving', pricing: { ...PLAN.pricing, cpi: 900 } })
    const { offers } = await match()
    expect(offers[0]).toMatchObject({ provider_survey_id: 'moving', cpi: { amount_minor: 900 } })
    await api.offer({ id: 'moving', status: 'CLOSED' })
    expect((await match()).plans).not.toContain('moving')
  })

  test('a paused connection offers nothing and has the status paused', async () => {
    const pause = (paused: boolean) =>
      api.database
        .knex('connections')
        .where({ connection: 'kantar-us' })
        .update({ paused, state: paused ? 'paused' : 'healthy' })
    await pause(true)
    await expect.poll(async () => (await match()).offers, SOON).toEqual([])
    expect((await match()).body.connections).toMatchObject([{ status: 'paused' }])
    await pause(false)
    await expect.poll(async () => (await match()).plans.length, SOON).toBeGreaterThan(0)
  })

  test('surveys without a successful poll for too long are no longer offered', async () => {
    api.skew = 11 * 3_600_000
    expect((await match()).offers).toEqual([])
    api.skew = 60 * 60_000
    const { body, offers } = await match()
    expect(offers.length).toBeGreaterThan(0)
    expect(body.connections).toMatchObject([{ status: 'stale' }])
  })
})

describe('an invalid request', () => {
  test.each<[string, object, string]>([
    ['no panelist', { country: 'USA' }, 'panelist_id'],
    ['no country anywhere', { panelist_id: 'nobody-stored' }, 'country'],
    ['a country in two letters', { panelist_id: 'p', country: 'US' }, 'country'],
    ['a limit beyond 200', { panelist_id: 'p', country: 'USA', limit: 201 }, 'limit'],
    ['a limit of zero', { panelist_id: 'p', country: 'USA', limit: 0 }, 'limit'],
    ['an invalid device', { panelist_id: 'p', country: 'USA', device: 'fridge' }, 'device'],
    [
      'a date of birth in the future',
      { panelist_id: 'p', country: 'USA', date_of_birth: '2999-01-01' },
      'date_of_birth',
    ],
    ['an unknown field', { panelist_id: 'p', country: 'USA', sex: 'male' }, 'sex'],
  ])('%s', async (_name, body, field) => {
    const answer = await panel.match(body)
    expect(answer.status).toBe(400)
    expect(answer.body.errors.map((one: { field: string }) => one.field).join()).toContain(field)
  })

  test('an index that is not loaded completely answers 503', async () => {
    const loading = { ...api.deps.catalogue, state: () => ({ ...api.deps.catalogue.state(), ready: false }) }
    const answer = await request(createApp({ ...api.deps, catalogue: loading }))
      .post('/v1/surveys/match')
      .set('x-api-key', 'tk_lifepoints_0123456789')
      .send({ panelist_id: 'p', country: 'USA' })
    expect(answer.status).toBe(503)
    expect(answer.headers['retry-after']).toBeDefined()
  })
})

test('an explanation names the failed clause in our words and the provider’s', async () => {
  const who = someone()
  await request(api.app)
    .put(`/v1/panelists/${who}`)
    .set('x-api-key', 'tk_lifepoints_0123456789')
    .send({ country: 'USA', profile: { sex: 'female' } })
  const { offers } = await match({ profile: { sex: 'male' } })
  const men = offers.find((offer) => offer.provider_survey_id === 'men')
  const answer = await request(api.app)
    .get(`/v1/surveys/${men?.survey_id}/explain?panelist_id=${who}`)
    .set('x-api-key', 'tk_lifepoints_0123456789')
  expect(answer.status).toBe(200)
  expect(answer.body).toMatchObject({
    verdict: 'no',
    reasons: [{ attribute: 'sex', given: 'female', holds: false, provider_code: expect.stringContaining('sex') }],
  })
  const unknown = await request(api.app)
    .get(`/v1/surveys/sv_nobody/explain?panelist_id=${who}`)
    .set('x-api-key', 'tk_lifepoints_0123456789')
  expect(unknown.status).toBe(404)
})
