import request from 'supertest'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { setQuotaStatus } from '../../commands/plans/set-quota-status.js'
import { setPlanStatus } from '../../commands/plans/set-status.js'
import { findSession } from '../../db/read-models/session.js'
import { findUnstartedSessions } from '../../db/stores/session-store.js'
import type { PlanStatus } from '../../domain/plan/survey-plan.js'
import { SOON } from '../support/patience.js'
import { as, KEYS, type RouterApi, startRouterApi, visit } from '../support/router-api.js'

let api: RouterApi
let people = 0
const someone = (): string => `p-${++people}`

beforeAll(async () => {
  api = await startRouterApi()
})
afterAll(() => api.close())
afterEach(() => {
  api.skew = 0
  api.away = false
})

const create = (planId: string, body: object, panel: 'lifepoints' | 'toplife' = 'lifepoints') =>
  as(api, panel).post(api.creationPath(planId, panel), body)
const faultsOf = ({ body }: { body: { details?: { constraint: string; field: string }[] } }) =>
  (body.details ?? []).map(({ constraint, field }) => `${constraint} ${field}`)
const rowsOf = (panelistId: string) => api.database.knex('sessions').where({ panelist_id: panelistId })
const planStatus = (planId: string, status: PlanStatus) =>
  api.database.knex.transaction((trx) => setPlanStatus(trx, 'acme', planId, status, new Date()))
const quotaStatus = (planId: string, quotaId: string, status: PlanStatus) =>
  api.database.knex.transaction((trx) => setQuotaStatus(trx, 'acme', planId, quotaId, status, new Date()))

const AGE = { questionId: 'age', ranges: [{ from: 16, to: 21 }] }
const MEN = { id: 'men', qualifications: [{ questionId: 'sex', answers: ['male'] }] }
const WOMEN = { id: 'women', qualifications: [{ questionId: 'sex', answers: ['female'] }] }

describe('a session', () => {
  test('is created as in the seed, and its link leads to the survey', async () => {
    const planId = await api.launch({
      surveyUrl:
        'https://s.example/x?s=((SURVEY_ID))&p=((PANELIST_ID))&q=((QUOTA_ID))&who=((SUPPLIER_ID))&c=((click))&a=((age))',
      quotas: [{ id: '1', qualifications: [AGE] }],
    })
    const who = `${someone()}&=é`
    const answer = await create(planId, {
      panelist_id: who,
      target_quota_id: '1',
      custom_panel_data: { internal_id: '213', click: 'c 1' },
      panelist_profile: { age: 18, sex: 'male', pets: '1|2|4|7' },
    })
    expect(answer.status).toBe(200)
    expect(answer.body).toEqual({
      url: expect.stringMatching(/^http:\/\/tributary\.example\/sessions\/start\/[\w-]{32}$/),
    })
    const [row] = await rowsOf(who)
    expect(row).toMatchObject({ connection: 'gateway', provider_survey_id: planId, provider_quota_id: '1' })
    const start = await visit(api, answer.body.url)
    expect(start.status).toBe(302)
    const survey = new URL(start.headers.location ?? '')
    expect(Object.fromEntries(survey.searchParams)).toEqual({
      s: 'demand-survey-plan-id',
      p: who,
      q: '1',
      who: 'LIFEPOINTS',
      c: 'c 1',
      a: '18',
      t: row.provider_session_id,
    })
  })

  test('is the same link when requested again, also by requests at the same time', async () => {
    const planId = await api.launch()
    const body = { panelist_id: someone() }
    const answers = await Promise.all(Array.from({ length: 8 }, () => create(planId, body)))
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200))
    expect(new Set(answers.map((answer) => answer.body.url)).size).toBe(1)
    await visit(api, answers[0]?.body.url)
    expect((await create(planId, body)).body.url).toBe(answers[0]?.body.url)
    expect(await rowsOf(body.panelist_id)).toHaveLength(1)
  })

  test('needs only PostgreSQL: with Temporal down it is entered, and the janitor finds it', async () => {
    const planId = await api.launch()
    api.away = true
    const who = someone()
    const { status, body } = await create(planId, { panelist_id: who })
    expect(status).toBe(200)
    const [row] = await rowsOf(who)
    expect(row).toMatchObject({ state: 'created', workflow_started_at: null, announced: true })
    const left = await findUnstartedSessions(api.database.knex, new Date(Date.now() + 60_000), 1_000)
    expect(left.map(({ session_id }) => session_id)).toContain(row?.session_id)
    const clicked = await visit(api, body.url)
    expect([clicked.status, clicked.headers.location]).toEqual([302, row?.provider_entry_url])
  })

  test('has workflow_started_at once its workflow has read it', async () => {
    const planId = await api.launch()
    const who = someone()
    await create(planId, { panelist_id: who })
    expect((await rowsOf(who))[0]?.workflow_started_at).not.toBeNull()
  })

  test('locks the price of its quota, else of the plan', async () => {
    const planId = await api.launch({
      quotas: [{ ...MEN, pricing: { cpi: 3, unit: 'main', currency: 'USD' } }, WOMEN],
    })
    for (const [sex, cpi] of [
      ['male', '300'],
      ['female', '150'],
    ]) {
      const who = someone()
      await create(planId, { panelist_id: who, panelist_profile: { sex } })
      expect((await rowsOf(who))[0]).toMatchObject({ cpi_minor: cpi, currency: 'USD' })
    }
  })

  test.each([
    ['DECIPHER', true, 'E1'],
    ['DECIPHER', false, 'E1'],
    ['NON_INTEGRATED_SURVEY_PLATFORM', false, 'E1'],
    ['non_integrated_survey_platform', true, 'E0'],
  ])('of %s with accept_unsigned %s needs %s', async (surveyPlatform, acceptUnsigned, grade) => {
    const planId = await api.launch({ surveyPlatform }, { acceptUnsigned })
    const who = someone()
    await create(planId, { panelist_id: who })
    expect((await rowsOf(who))[0].required_grade).toBe(grade)
  })

  test('stores only the profile answers that the gateway has questions for', async () => {
    const planId = await api.launch()
    const who = someone()
    const profile = { age: '40', pets: ['1', '2'], email: 'somebody@example.org', date_of_birth: '1980-01-01' }
    expect((await create(planId, { panelist_id: who, panelist_profile: profile })).status).toBe(200)
    const own = await api.database
      .knex('plan_sessions')
      .where({ session_id: (await rowsOf(who))[0].session_id })
      .first()
    expect(own.panelist_profile).toEqual({ age: '40', pets: ['1', '2'] })
  })
})

describe('the quota', () => {
  test('is the first open one that fits, in the plan’s order', async () => {
    const planId = await api.launch({
      quotas: [WOMEN, { id: 'young', qualifications: [AGE] }, MEN, { id: 'all', qualifications: [] }],
    })
    const chosen = async (profile: object) => {
      const who = someone()
      const answer = await create(planId, { panelist_id: who, panelist_profile: profile })
      return answer.status === 200 ? (await rowsOf(who))[0].provider_quota_id : faultsOf(answer)
    }
    expect(await chosen({ sex: 'female', age: 18 })).toBe('women')
    expect(await chosen({ sex: 'male', age: 18 })).toBe('young')
    expect(await chosen({ sex: 'male', age: 40 })).toBe('men')
    expect(await chosen({ age: 40 })).toBe('all')
    await quotaStatus(planId, 'young', 'PAUSED')
    expect(await chosen({ sex: 'male', age: 18 })).toBe('men')
    await quotaStatus(planId, 'all', 'CLOSED')
    expect(await chosen({ age: 40 })).toEqual(['status target_quota_id'])
  })

  test('that fits no profile like this is 400, and names what each quota needs', async () => {
    const planId = await api.launch({ quotas: [MEN, WOMEN] })
    const answer = await create(planId, { panelist_id: someone() })
    expect(answer.status).toBe(400)
    expect(faultsOf(answer)).toEqual(['quota panelist_profile', 'quota panelist_profile'])
    expect(answer.body.details[0].message).toContain('panelist_profile.sex is needed')
  })

  test('is every quota that fits where quotaRule is every; one closed among them is 400', async () => {
    const planId = await api.launch({
      quotaRule: 'every',
      quotas: [MEN, WOMEN, { id: 'young', qualifications: [AGE] }],
    })
    const who = someone()
    await create(planId, { panelist_id: who, panelist_profile: { sex: 'male', age: 20 } })
    const own = await api.database
      .knex('plan_sessions')
      .where({ session_id: (await rowsOf(who))[0].session_id })
      .first()
    expect(own.quota_ids).toEqual(['men', 'young'])
    await quotaStatus(planId, 'young', 'CLOSED')
    const refused = await create(planId, { panelist_id: someone(), panelist_profile: { sex: 'male', age: 20 } })
    expect(refused.status).toBe(400)
    expect(faultsOf(refused)).toEqual(['status target_quota_id'])
    expect((await create(planId, { panelist_id: someone(), panelist_profile: { sex: 'male', age: 40 } })).status).toBe(
      200,
    )
  })

  test('with a hold on its last complete is full, and the next one that fits is chosen', async () => {
    const planId = await api.launch({
      quotas: [
        { id: 'first', qualifications: [], targetCompletes: 1 },
        { id: 'second', qualifications: [], targetCompletes: 1 },
      ],
    })
    const inside = async () => {
      const who = someone()
      const { body } = await create(planId, { panelist_id: who })
      await visit(api, body.url)
      return { who, quota: (await rowsOf(who))[0].provider_quota_id }
    }
    const first = await inside()
    expect(first.quota).toBe('first')
    expect((await inside()).quota).toBe('second')
    const full = await create(planId, { panelist_id: someone() })
    expect([full.status, ...faultsOf(full)]).toEqual([400, 'available_completes target_quota_id'])
    expect((await create(planId, { panelist_id: someone(), target_quota_id: 'second' })).status).toBe(400)
    // a panelist who is inside may repeat the request and keeps the slot
    expect((await create(planId, { panelist_id: first.who })).status).toBe(200)
  })
})

describe('a profile', () => {
  test.each<[string, object, string[]]>([
    ['a word for a number', { age: 'old' }, ['type panelist_profile.age']],
    ['two ages', { age: '18|19' }, ['type panelist_profile.age']],
    ['an age with a fraction', { age: 18.5 }, ['type panelist_profile.age']],
    ['an age below the limits', { age: 15 }, ['minimum panelist_profile.age']],
    ['an age beyond the limits', { age: '101' }, ['maximum panelist_profile.age']],
    ['an unknown answer', { age: 18, sex: 'toaster' }, ['exists panelist_profile.sex']],
    ['two answers to a single choice', { age: 18, sex: 'male|female' }, ['single_choice panelist_profile.sex']],
    // seed-rules K17: no pets, and a dog
    [
      'an exclusive answer next to another',
      { age: 18, pets: '5|2' },
      ['exclusive_multi_punch_answer panelist_profile.pets'],
    ],
    ['the same as a list', { age: 18, pets: ['2', 5] }, ['exclusive_multi_punch_answer panelist_profile.pets']],
    ['one unknown among several', { age: 18, pets: '1|77' }, ['exists panelist_profile.pets']],
    ['no answer where one is needed', { sex: 'male' }, ['required panelist_profile.age']],
    ['a blank answer', { age: ' ' }, ['required panelist_profile.age']],
    ['another answer than wanted', { age: 22 }, ['qualification panelist_profile.age']],
    [
      'several faults together',
      { age: 'x', sex: 'toaster', pets: '5|2' },
      [
        'type panelist_profile.age',
        'exists panelist_profile.sex',
        'exclusive_multi_punch_answer panelist_profile.pets',
      ],
    ],
  ])('with %s is refused', async (_name, profile, faults) => {
    const planId = await api.launch({ qualifications: [AGE] })
    const who = someone()
    const answer = await create(planId, { panelist_id: who, panelist_profile: profile })
    expect(answer.status).toBe(400)
    expect(answer.body).toMatchObject({ code: '400', message: expect.any(String) })
    expect(faultsOf(answer)).toEqual(faults)
    for (const detail of answer.body.details) expect(detail.message).not.toBe('')
    expect(await rowsOf(who)).toHaveLength(0)
  })

  test.each<[string, object]>([
    ['the lower bound', { age: 16 }],
    ['the upper bound, as text', { age: '21' }],
    ['one exclusive answer alone', { age: 18, pets: '5' }],
    ['the same answer twice', { age: 18, pets: '2|2' }],
    ['attributes that the gateway does not know', { age: 18, shoe_size: 'x', 'toluna:1001007': '2000247' }],
  ])('with %s is accepted', async (_name, profile) => {
    const planId = await api.launch({ qualifications: [AGE] })
    expect((await create(planId, { panelist_id: someone(), panelist_profile: profile })).status).toBe(200)
  })

  test('is the stored one where none is sent, with the age of its date of birth', async () => {
    const planId = await api.launch({ qualifications: [AGE] })
    const who = someone()
    const born = `${new Date().getUTCFullYear() - 20}-01-01`
    await request(api.app)
      .put(`/v1/panelists/${who}`)
      .set('x-api-key', KEYS.lifepoints)
      .send({ country: 'USA', date_of_birth: born, profile: {} })
      .expect(200)
    expect((await create(planId, { panelist_id: who })).status).toBe(200)
    expect((await create(planId, { panelist_id: someone(), panelist_profile: { date_of_birth: born } })).status).toBe(
      200,
    )
    // a profile that is sent replaces the stored one
    expect((await create(planId, { panelist_id: who, panelist_profile: { sex: 'male' } })).status).toBe(400)
  })

  test('that does not fit the requested quota gets the quota’s question named', async () => {
    const planId = await api.launch({ qualifications: [AGE], quotas: [MEN, WOMEN] })
    const body = { panelist_id: someone(), target_quota_id: 'men', panelist_profile: { age: 22, sex: 'female' } }
    expect(faultsOf(await create(planId, body))).toEqual([
      'qualification panelist_profile.age',
      'qualification panelist_profile.sex',
    ])
  })
})

describe('refused with 400', () => {
  const refusal = async (planId: string, body: object = {}, panel: 'lifepoints' | 'toplife' = 'lifepoints') => {
    const answer = await create(planId, { panelist_id: someone(), ...body }, panel)
    expect(answer.type).toBe('application/json')
    return [answer.status, ...faultsOf(answer)]
  }

  test('are plans that are paused, closed, over or gone', async () => {
    const planId = await api.launch()
    await planStatus(planId, 'PAUSED')
    expect(await refusal(planId)).toEqual([400, 'status token'])
    await planStatus(planId, 'OPEN')
    expect(await refusal(planId)).toEqual([200])
    await planStatus(planId, 'CLOSED')
    expect(await refusal(planId)).toEqual([400, 'status token'])
    expect(await refusal(await api.launch({ finishDate: '2020-01-01T00:00:00Z' }))).toEqual([400, 'status token'])
    const deleted = await api.launch()
    await api.database.knex('survey_plans').where({ plan_id: deleted }).update({ deleted_at: new Date() })
    expect(await refusal(deleted)).toEqual([400, 'status token'])
  })

  test('is every plan while the connection gateway is paused', async () => {
    const planId = await api.launch()
    const pause = (paused: boolean) =>
      api.database.knex('connections').where({ connection: 'gateway' }).update({ paused })
    await pause(true)
    await expect.poll(() => refusal(planId), SOON).toEqual([400, 'status token'])
    await pause(false)
    await expect.poll(() => refusal(planId), SOON).toEqual([200])
  })

  test('are quotas that are unknown, paused or closed', async () => {
    const planId = await api.launch({ quotas: [{ id: 'q', qualifications: [] }] })
    expect(await refusal(planId, { target_quota_id: 'other' })).toEqual([400, 'exists target_quota_id'])
    await quotaStatus(planId, 'q', 'PAUSED')
    expect(await refusal(planId, { target_quota_id: 'q' })).toEqual([400, 'status target_quota_id'])
    await quotaStatus(planId, 'q', 'CLOSED')
    expect(await refusal(planId, { target_quota_id: 'q' })).toEqual([400, 'status target_quota_id'])
    expect(await refusal(planId)).toEqual([400, 'status target_quota_id'])
  })

  test('is a session beyond the plan, the panel’s allocation or the soft launch', async () => {
    const enter = async (planId: string, panel: 'lifepoints' | 'toplife' = 'lifepoints') =>
      visit(api, (await create(planId, { panelist_id: someone() }, panel)).body.url)
    const small = await api.launch({ targetCompletes: 1 })
    await enter(small)
    expect(await refusal(small)).toEqual([400, 'available_completes token'])
    const shared = await api.launch(
      { targetCompletes: 10, targetPanels: ['lifepoints', 'toplife'] },
      { allocations: { lifepoints: 1, toplife: 9 }, flexibilityPercent: 0 },
    )
    await enter(shared)
    expect(await refusal(shared)).toEqual([400, 'allocation token'])
    expect(await refusal(shared, {}, 'toplife')).toEqual([200])
    const soft = await api.launch({ targetCompletes: 10 }, { softLaunch: { completes: 1, pauseMs: 60_000 } })
    await enter(soft)
    expect(await refusal(soft)).toEqual([400, 'soft_launch token'])
  })

  test('are another panel’s address, another panel’s token and invalid tokens', async () => {
    const planId = await api.launch({ targetPanels: ['lifepoints', 'toplife'] })
    const body = { panelist_id: someone() }
    const path = api.creationPath(planId)
    expect(faultsOf(await as(api, 'toplife').post(path, body))).toEqual(['exists panelId'])
    const foreign = path.replace('/panels/lifepoints/', '/panels/toplife/')
    expect(faultsOf(await as(api, 'toplife').post(foreign, body))).toEqual(['exists token'])
    for (const token of ['x', '%00', `${path.slice(-32)}`, 'a'.repeat(4_000)]) {
      const answer = await as(api, 'lifepoints').post(`/panels/lifepoints/session/${token}`, body)
      expect([answer.status, ...faultsOf(answer)]).toEqual([400, 'exists token'])
    }
    // compared without case
    expect((await as(api, 'lifepoints').post(path.replace('lifepoints', 'LifePoints'), body)).status).toBe(200)
    const notTargeted = await api.launch({ targetPanels: ['toplife'] })
    expect(await refusal(notTargeted)).toEqual([400, 'status token'])
  })

  test('is a panelist who completed it, or who reached the cap on starts', async () => {
    const planId = await api.launch()
    const who = someone()
    const { body } = await create(planId, { panelist_id: who })
    await visit(api, body.url)
    const [row] = await rowsOf(who)
    const outcome = { session_id: row.provider_session_id, outcome: 'COMPLETED' }
    await as(api, 'decipher').post('/panelist-outcome', outcome).expect(200)
    expect(await refusal(planId, { panelist_id: who })).toEqual([400, 'unique panelist_id'])

    const eager = someone()
    for (let starts = 0; starts < 2; starts += 1) {
      const plan = await api.launch({ targetPanels: ['toplife'] })
      const created = await create(plan, { panelist_id: eager }, 'toplife')
      await visit(api, created.body.url)
    }
    const third = await api.launch({ targetPanels: ['toplife'] })
    expect(await refusal(third, { panelist_id: eager }, 'toplife')).toEqual([400, 'caps panelist_id'])
    expect(await refusal(third, {}, 'toplife')).toEqual([200])
  })
})

describe('a body', () => {
  test.each<[string, object, string[]]>([
    ['without a panelist', {}, ['required panelist_id']],
    ['with a number for an id', { panelist_id: 5 }, ['type panelist_id']],
    ['with an empty id', { panelist_id: '' }, ['format panelist_id']],
    ['with a control character', { panelist_id: 'a\u0000b' }, ['format panelist_id']],
    ['with a long id', { panelist_id: 'x'.repeat(257) }, ['format panelist_id']],
    ['with unknown members', { panelist_id: 'p', quota: '1' }, ['unknown quota']],
    ['with a list for a profile', { panelist_id: 'p', panelist_profile: [] }, ['type panelist_profile']],
    [
      'with a boolean for an answer',
      { panelist_id: 'p', panelist_profile: { age: true } },
      ['type panelist_profile.age'],
    ],
    ['with a number for a quota', { panelist_id: 'p', target_quota_id: 1 }, ['type target_quota_id']],
    ['with text for its data', { panelist_id: 'p', custom_panel_data: 'x' }, ['type custom_panel_data']],
    [
      'with too much of it',
      { panelist_id: 'p', custom_panel_data: { x: 'y'.repeat(1_100) } },
      ['format custom_panel_data'],
    ],
    ['wrong in two places', { target_quota_id: 1 }, ['required panelist_id', 'type target_quota_id']],
  ])('%s is 400 by field', async (_name, body, faults) => {
    const answer = await create(await api.launch(), body)
    expect(answer.status).toBe(400)
    expect(faultsOf(answer)).toEqual(faults)
  })

  test('that is not JSON is a ValidationError; another content type is 415', async () => {
    const path = api.creationPath(await api.launch())
    const sent = () => request(api.app).post(path).set('x-api-key', KEYS.lifepoints)
    const broken = await sent().set('content-type', 'application/json').send('{"panelist_id":')
    expect([broken.status, broken.body.code, broken.body.details.length]).toEqual([400, '400', 1])
    expect((await sent()).status).toBe(400)
    expect((await sent().set('content-type', 'text/plain').send('x')).body).toMatchObject({ code: '415' })
  })
})

test('a key of another kind, or none, is 401 in the document’s shape', async () => {
  const path = api.creationPath(await api.launch())
  for (const key of [KEYS.decipher, KEYS.acme, KEYS.ops, 'nobody', '']) {
    const answer = await request(api.app).post(path).set('x-api-key', key).send({ panelist_id: 'p' })
    expect([answer.status, answer.body]).toEqual([401, { code: '401', message: expect.any(String), success: false }])
  }
  const bearer = await request(api.app)
    .post(path)
    .set('Authorization', KEYS.lifepoints)
    .send({ panelist_id: someone() })
  expect(bearer.status).toBe(200)
})

describe('the start link', () => {
  test('opens once where resumeAllowed is false, otherwise every time', async () => {
    for (const [resumeAllowed, again] of [
      [false, 409],
      [true, 302],
      [undefined, 302],
    ] as const) {
      const planId = await api.launch(resumeAllowed === undefined ? {} : { resumeAllowed })
      const { body } = await create(planId, { panelist_id: someone() })
      expect((await request(api.app).head(new URL(body.url).pathname)).status).toBe(200)
      const first = await visit(api, body.url)
      expect(first.status).toBe(302)
      const second = await visit(api, body.url)
      expect(second.status).toBe(again)
      if (again === 302) expect(second.headers.location).toBe(first.headers.location)
      else expect(second.type).toBe('text/html')
    }
  })

  test('redirects home when it expired or the plan is full', async () => {
    const planId = await api.launch({ targetCompletes: 1 })
    const [one, two] = [someone(), someone()]
    const [first, second] = [await create(planId, { panelist_id: one }), await create(planId, { panelist_id: two })]
    expect((await visit(api, first.body.url)).headers.location).toContain('survey-platform.example')
    expect((await visit(api, second.body.url)).headers.location).toContain('https://lifepoints.example/full?token=')
    const other = await api.launch()
    const late = await create(other, { panelist_id: someone() })
    api.skew = 31 * 60_000
    expect((await visit(api, late.body.url)).headers.location).toContain(
      'https://lifepoints.example/done?from=survey&token=',
    )
  })

  test('that is unknown is a plain page, 404', async () => {
    expect((await visit(api, '/sessions/start/nobody')).status).toBe(404)
  })
})

test('an offer of a plan is booked with its slots, its grade and the plan’s profile answers', async () => {
  const planId = await api.launch(
    {
      surveyPlatform: 'NON_INTEGRATED_SURVEY_PLATFORM',
      qualifications: [AGE],
      quotas: [MEN],
    },
    { acceptUnsigned: true },
  )
  const who = someone()
  const profile = { age: 18, sex: 'male', pets: '1' }
  await expect
    .poll(async () => (await offersOf(who, profile)).some((offer) => offer.provider_survey_id === planId), SOON)
    .toBe(true)
  const offer = (await offersOf(who, profile)).find((one) => one.provider_survey_id === planId)
  const booked = await as(api, 'lifepoints').post('/v1/sessions', {
    offer_id: offer?.offer_id,
    panelist_id: who,
    profile,
  })
  expect(booked.status).toBe(201)
  const own = await api.database.knex('plan_sessions').where({ session_id: booked.body.session_id }).first()
  expect(own).toMatchObject({ plan_id: planId, quota_ids: ['men'], panelist_profile: { age: 18, sex: 'male' } })
  expect((await findSession(api.database.knex, booked.body.session_id))?.required_grade).toBe('E0')
  expect((await visit(api, booked.body.entry_url)).headers.location).toContain('survey-platform.example')
  // the entry link always continues the same session
  expect((await visit(api, booked.body.entry_url)).status).toBe(302)

  const another = someone()
  const second = (await offersOf(another, profile)).find((one) => one.provider_survey_id === planId)
  await quotaStatus(planId, 'men', 'CLOSED')
  const gone = await as(api, 'lifepoints').post('/v1/sessions', {
    offer_id: second?.offer_id,
    panelist_id: another,
    profile,
  })
  expect([gone.status, gone.body.code]).toEqual([409, 'offer_gone'])
})

async function offersOf(
  panelistId: string,
  profile: object,
): Promise<{ offer_id: string; provider_survey_id: string }[]> {
  const body = { panelist_id: panelistId, country: 'USA', profile, connections: ['gateway'], limit: 200 }
  return (await as(api, 'lifepoints').post('/v1/surveys/match', body)).body.offers
}
