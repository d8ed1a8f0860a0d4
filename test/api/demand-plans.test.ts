import request from 'supertest'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { recordClaim } from '../../commands/sessions/record-claim.js'
import { OUTCOMES, type Outcome } from '../../domain/outcome.js'
import { enter, planSession } from '../support/plans.js'
import { aClaim, later, MINUTE } from '../support/sessions.js'
import {
  BUYERS,
  buyerOf,
  type DemandApi,
  PANEL_KEY,
  PLATFORM_KEY,
  SEED_PLAN,
  startDemandApi,
} from './demand-support.js'

let api: DemandApi
let acme: ReturnType<typeof buyerOf>
let bravo: ReturnType<typeof buyerOf>
beforeAll(async () => {
  api = await startDemandApi()
  acme = buyerOf(api)
  bravo = buyerOf(api, BUYERS.bravo)
})
afterAll(() => api.close())

const QUOTA = 'demand-partner-quota-id'
const NOT_FOUND = { code: '404', message: expect.any(String), success: false }

describe('a survey plan', () => {
  test('that no respondent can enter is accepted, and the answer says why', async () => {
    const warningOf = async (given: object) =>
      (await acme.post({ ...SEED_PLAN, finish_date: undefined, ...given })).headers['tributary-warning']
    const [quota] = SEED_PLAN.quotas as object[]
    expect(await warningOf({})).toBeUndefined()
    expect(await warningOf({ finish_date: '2999-12-31T00:00:00Z', quotas: [] })).toBeUndefined()
    expect(
      await warningOf({
        quotas: [
          { ...quota, target_completes: 0 },
          { ...quota, id: 'b' },
        ],
      }),
    ).toBeUndefined()
    expect(await warningOf({ quotas: [{ ...quota, target_completes: 0 }] })).toContain(
      'every quota has target_completes 0',
    )
    expect(
      await warningOf({ finish_date: '2020-01-01T00:00:00Z', quotas: [{ ...quota, target_completes: 0 }] }),
    ).toMatch(/is in the past.*; every quota/)
  })

  test("of the document's own example is launched, and read back as it was posted", async () => {
    const created = await acme.post(SEED_PLAN)
    expect(created.status).toBe(201)
    expect(created.body).toEqual({ id: expect.stringMatching(/^plan_[\w-]{24}$/) })
    // its finish date is in 2024
    expect(created.headers['tributary-warning']).toContain('finish_date 2024-09-23T00:00:00.000Z is in the past')
    const { id } = created.body as { id: string }

    const read = await acme.get(`/survey-plans/${id}`)
    expect(read.status).toBe(200)
    const [quota] = SEED_PLAN.quotas as object[]
    const zeros = Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0]))
    expect(read.body).toEqual({
      survey_plan: { ...SEED_PLAN, id, status: 'OPEN', quotas: [{ ...quota, status: 'OPEN' }] },
      available_completes: { survey: 30, quotas: { [QUOTA]: 30 } },
      survey_performance: { completes: 0, failures: 0, status_metrics: { lifepoints: zeros } },
    })
  })

  test('with only its required members is read back without the others', async () => {
    const { categories, locale, tags, additional_qualification_count, resume_allowed, group_id, ...rest } = SEED_PLAN
    const { project_id, contact_emails, finish_date, device_requirements, ...required } = rest
    const least = { ...required, quotas: [{ id: 'q', qualifications: [] }], qualifications: [] }
    const { body, status } = await acme.post(least)
    expect(status).toBe(201)
    const read = await acme.get(`/survey-plans/${body.id}`)
    expect(read.body.survey_plan).toEqual({
      ...least,
      id: body.id,
      status: 'OPEN',
      quotas: [{ id: 'q', qualifications: [], status: 'OPEN' }],
    })
    // a quota without a target has the plan's
    expect(read.body.available_completes).toEqual({ survey: 30, quotas: { q: 30 } })
  })

  test('has three different ids; the list gives the one that panels use', async () => {
    const id = await acme.launch()
    const { body } = await acme.get('/v1/plans')
    const listed = body.plans.find((plan: { id: string }) => plan.id === id)
    expect(new Set([id, listed.survey_id, listed.panel_survey_id]).size).toBe(3)
    const row = await api.knex('surveys').where({ survey_id: listed.panel_survey_id }).first()
    expect(row).toMatchObject({ connection: 'gateway', provider_survey_id: id, status: 'open', cpi_minor: '150' })
  })

  test('is accepted at the plural address too, and with the key in Authorization', async () => {
    expect((await acme.post(SEED_PLAN, '/survey-plans')).status).toBe(201)
    for (const authorization of [BUYERS.acme, `Bearer ${BUYERS.acme}`]) {
      const answer = await request(api.app).post('/survey-plan').set({ authorization }).send(SEED_PLAN)
      expect(answer.status).toBe(201)
    }
  })

  test('matches panel names without case, and reads main units as whole units', async () => {
    const id = await acme.launch({
      target_panels: [{ name: 'LifePoints' }, { name: 'opinionbar' }],
      pricing: { cpi: 2, unit: 'main', currency: 'USD' },
      quotas: [],
    })
    const { body } = await acme.get(`/survey-plans/${id}`)
    expect(body.survey_plan.target_panels).toEqual([{ name: 'lifepoints' }, { name: 'OpinionBar' }])
    expect(Object.keys(body.survey_performance.status_metrics).sort()).toEqual(['OpinionBar', 'lifepoints'])
    expect(await api.knex('surveys').where({ provider_survey_id: id }).first()).toMatchObject({ cpi_minor: '200' })
  })

  test('is stamped for the panels after the answer', async () => {
    const id = await acme.launch()
    await expect
      .poll(async () => (await api.knex('surveys').where({ provider_survey_id: id }).first()).dirty)
      .toBe(false)
  })

  test('signals its workflow on every change, and only then', async () => {
    const id = await acme.launch()
    const times = async () => api.told.filter((workflowId) => workflowId === `plan:${id}`).length
    await expect.poll(times).toBe(1)
    await acme.patch(`/survey-plans/${id}`, { status: 'PAUSED' })
    await acme.patch(`/survey-plans/${id}`, { status: 'NEVER' })
    await acme.put(`/v1/plans/${id}/policy`, { overage: 1 })
    await expect.poll(times).toBe(3)
  })
})

describe('tenants', () => {
  test("never see each other's plans, nor that they exist", async () => {
    const id = await acme.launch()
    const unknown = await bravo.get('/survey-plans/plan_AAAAAAAAAAAAAAAAAAAAAAAA')
    expect(unknown.status).toBe(404)
    expect(unknown.body).toEqual(NOT_FOUND)
    const attempts = {
      read: await bravo.get(`/survey-plans/${id}`),
      pause: await bravo.patch(`/survey-plans/${id}`, { status: 'PAUSED' }),
      quota: await bravo.patch(`/survey-plans/${id}/quotas/${QUOTA}`, { status: 'PAUSED' }),
      delete: await bravo.delete(`/survey-plans/${id}`),
    }
    for (const [what, { status, body }] of Object.entries(attempts)) {
      expect({ what, status, body }).toEqual({ what, status: 404, body: NOT_FOUND })
    }
    expect(attempts.read.body).toEqual(unknown.body)
    for (const answer of [await bravo.get(`/v1/plans/${id}/policy`), await bravo.put(`/v1/plans/${id}/policy`, {})]) {
      expect(answer.status).toBe(404)
      expect(answer.headers['content-type']).toContain('application/problem+json')
    }
    expect((await bravo.get('/v1/plans')).body).toEqual({ plans: [], next_cursor: null })
    expect((await acme.get(`/survey-plans/${id}`)).body.survey_plan.status).toBe('OPEN')
  })

  const ROUTES = [
    ['post', '/survey-plan'],
    ['post', '/survey-plans'],
    ['get', '/survey-plans/plan_x'],
    ['patch', '/survey-plans/plan_x'],
    ['delete', '/survey-plans/plan_x'],
    ['patch', '/survey-plans/plan_x/quotas/q'],
    ['get', '/targeting-attributes'],
    ['get', '/targeting-panels'],
  ] as const
  test.each(ROUTES)('%s %s is 401 without a key, with a bad one and with another kind', async (method, path) => {
    for (const key of [undefined, 'nobody', PANEL_KEY, PLATFORM_KEY]) {
      const asked = request(api.app)[method](path)
      const { status, body } = await (key === undefined ? asked : asked.set('x-api-key', key))
      expect({ key, status, body }).toEqual({
        key,
        status: 401,
        body: { code: '401', message: expect.any(String), success: false },
      })
    }
  })
})

describe('editing', () => {
  test('changes the status of a plan, also to its current status', async () => {
    const id = await acme.launch()
    for (const status of ['PAUSED', 'PAUSED', 'OPEN', 'CLOSED', 'OPEN']) {
      const answer = await acme.patch(`/survey-plans/${id}`, { status })
      expect({ status: answer.status, body: answer.body }).toEqual({
        status: 200,
        body: { id, message: expect.stringContaining(status) },
      })
      const { body } = await acme.get(`/survey-plans/${id}`)
      expect(body.survey_plan.status).toBe(status)
      expect(body.survey_plan.quotas[0].status).toBe('OPEN')
    }
  })

  test('changes the status of a quota and returns the plan’s', async () => {
    const id = await acme.launch()
    const answer = await acme.patch(`/survey-plans/${id}/quotas/${QUOTA}`, { status: 'PAUSED' })
    expect(answer.status).toBe(200)
    expect(answer.body).toEqual({ id, survey_plan_status: 'OPEN', message: expect.stringContaining('PAUSED') })
    const { body } = await acme.get(`/survey-plans/${id}`)
    expect(body.survey_plan.status).toBe('OPEN')
    expect(body.survey_plan.quotas[0].status).toBe('PAUSED')
    const unknown = await acme.patch(`/survey-plans/${id}/quotas/nothing`, { status: 'PAUSED' })
    expect({ status: unknown.status, body: unknown.body }).toEqual({ status: 404, body: NOT_FOUND })
  })

  test.each([
    ['nothing', {}, [['required', 'status']]],
    ['another word', { status: 'open' }, [['enum', 'status']]],
    [
      'something else',
      { pricing: { cpi: 1 } },
      [
        ['required', 'status'],
        ['unknown', 'pricing'],
      ],
    ],
    [
      'more',
      { status: 'OPEN', target_completes: 3, cpi: 4 },
      [
        ['unknown', 'target_completes'],
        ['unknown', 'cpi'],
      ],
    ],
    ['a list', [], [['type', '']]],
  ])('refuses %s by name', async (_what, body, wanted) => {
    const id = await acme.launch()
    for (const path of [`/survey-plans/${id}`, `/survey-plans/${id}/quotas/${QUOTA}`]) {
      const answer = await acme.patch(path, body)
      expect(answer.status).toBe(400)
      expect(answer.body).toEqual({ code: '400', message: expect.any(String), details: expect.any(Array) })
      const details = answer.body.details as { constraint: string; field: string; message: string }[]
      expect(details.map(({ constraint, field }) => [constraint, field]).sort()).toEqual([...wanted].sort())
    }
    expect((await acme.get(`/survey-plans/${id}`)).body.survey_plan.status).toBe('OPEN')
  })

  test('refuses a body that is missing, and one that is not JSON', async () => {
    const id = await acme.launch()
    expect((await acme.patch(`/survey-plans/${id}`)).body.details).toEqual([
      { constraint: 'required', field: '', message: 'is required: an object' },
    ])
    const broken = await request(api.app)
      .patch(`/survey-plans/${id}`)
      .set({ 'x-api-key': BUYERS.acme, 'content-type': 'application/json' })
      .send('{"status"')
    expect(broken.status).toBe(400)
    expect(broken.body.details[0]).toMatchObject({ constraint: 'invalid_json', field: '' })
  })

  test('does not open a plan whose finish date has passed', async () => {
    const id = await acme.launch({ finish_date: '2026-11-20T10:05:00Z' })
    await acme.patch(`/survey-plans/${id}`, { status: 'PAUSED' })
    const answer = await acme.patch(`/survey-plans/${id}`, { status: 'OPEN' })
    expect(answer.status).toBe(400)
    expect(answer.body.details).toEqual([
      { constraint: 'finish_date', field: 'status', message: expect.stringContaining('finish date') },
    ])
  })
})

/** A session of a plan that was entered and ended with this outcome. */
async function ended(
  planId: string,
  outcome: Outcome,
  given: { panel?: string; quota?: string; grade?: 'E0' | 'E2' } = {},
) {
  const { panel = 'lifepoints', quota, grade = 'E2' } = given
  const session = await planSession(api.knex, planId, quota === undefined ? [] : [quota], { panel })
  await enter(api.knex, session)
  await recordClaim(api.knex, session.session_id, aClaim(outcome, { grade }), later(5 * MINUTE))
}

describe('the performance of a plan', () => {
  test('is by panel and outcome; every outcome but COMPLETED is a failure', async () => {
    const id = await acme.launch({ target_panels: [{ name: 'lifepoints' }, { name: 'OpinionBar' }] })
    await ended(id, 'COMPLETED', { quota: QUOTA })
    await ended(id, 'COMPLETED', { panel: 'OpinionBar' })
    for (const outcome of OUTCOMES) if (outcome !== 'COMPLETED') await ended(id, outcome)
    await ended(id, 'TERMINATED', { panel: 'OpinionBar' })
    // sessions in progress and unproven completes do not count
    await ended(id, 'COMPLETED', { quota: QUOTA, grade: 'E0' })
    await enter(api.knex, await planSession(api.knex, id, [QUOTA]))

    const { body } = await acme.get(`/survey-plans/${id}`)
    const one = Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 1]))
    const none = Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0]))
    expect(body.survey_performance).toEqual({
      completes: 2,
      failures: 8,
      status_metrics: { lifepoints: one, OpinionBar: { ...none, COMPLETED: 1, TERMINATED: 1 } },
    })
    expect(body.available_completes).toEqual({ survey: 28, quotas: { [QUOTA]: 29 } })
    const { body: list } = await acme.get('/v1/plans')
    expect(list.plans.find((plan: { id: string }) => plan.id === id)).toMatchObject({
      completes: 2,
      available_completes: 28,
      in_progress: 2,
    })
  })

  test('does not count a complete beyond the target, and a filled plan stays closed', async () => {
    const id = await acme.launch({ target_completes: 1, quotas: [] })
    const sessions = [await planSession(api.knex, id), await planSession(api.knex, id)]
    const [first, second] = sessions
    if (first === undefined || second === undefined) throw new Error('two sessions')
    await enter(api.knex, first)
    await recordClaim(api.knex, first.session_id, aClaim('COMPLETED', { grade: 'E2' }), later(5 * MINUTE))
    await recordClaim(api.knex, second.session_id, aClaim('COMPLETED', { grade: 'E2' }), later(6 * MINUTE))
    const { body } = await acme.get(`/survey-plans/${id}`)
    expect(body.survey_plan.status).toBe('CLOSED')
    expect(body.available_completes.survey).toBe(0)
    expect(body.survey_performance).toMatchObject({ completes: 1, failures: 0 })
    expect(body.survey_performance.status_metrics.lifepoints.COMPLETED).toBe(1)
    const reopened = await acme.patch(`/survey-plans/${id}`, { status: 'OPEN' })
    expect(reopened.status).toBe(400)
    expect(reopened.body.details[0]).toMatchObject({ constraint: 'filled', field: 'status' })
  })

  test('a filled quota stays closed while its plan is open', async () => {
    const [quota] = SEED_PLAN.quotas as object[]
    const id = await acme.launch({ quotas: [{ ...quota, target_completes: 1 }] })
    await ended(id, 'COMPLETED', { quota: QUOTA })
    const { body } = await acme.get(`/survey-plans/${id}`)
    expect([body.survey_plan.status, body.survey_plan.quotas[0].status]).toEqual(['OPEN', 'CLOSED'])
    expect(body.available_completes).toEqual({ survey: 29, quotas: { [QUOTA]: 0 } })
    expect((await acme.patch(`/survey-plans/${id}/quotas/${QUOTA}`, { status: 'OPEN' })).status).toBe(400)
    expect((await acme.patch(`/survey-plans/${id}/quotas/${QUOTA}`, { status: 'PAUSED' })).status).toBe(200)
  })
})

describe('deleting', () => {
  test('needs a closed plan without sessions in progress; panels see it withdrawn', async () => {
    const id = await acme.launch()
    for (const status of ['OPEN', 'PAUSED']) {
      await acme.patch(`/survey-plans/${id}`, { status })
      const refused = await acme.delete(`/survey-plans/${id}`)
      expect(refused.status).toBe(400)
      expect(refused.body).toEqual({
        code: '400',
        message: expect.any(String),
        details: [{ constraint: 'closed', field: 'status', message: expect.stringContaining('CLOSED') }],
      })
    }
    const session = await planSession(api.knex, id)
    await acme.patch(`/survey-plans/${id}`, { status: 'CLOSED' })
    const busy = await acme.delete(`/survey-plans/${id}`)
    expect(busy.status).toBe(400)
    expect(busy.body.details[0]).toMatchObject({ constraint: 'sessions_in_progress' })
    await recordClaim(api.knex, session.session_id, aClaim('TIMEOUT'), later(5 * MINUTE))

    const deleted = await acme.delete(`/survey-plans/${id}`)
    expect([deleted.status, deleted.text]).toEqual([204, ''])
    for (const answer of [
      await acme.get(`/survey-plans/${id}`),
      await acme.delete(`/survey-plans/${id}`),
      await acme.patch(`/survey-plans/${id}`, { status: 'OPEN' }),
    ]) {
      expect({ status: answer.status, body: answer.body }).toEqual({ status: 404, body: NOT_FOUND })
    }
    expect(await api.knex('surveys').where({ provider_survey_id: id }).first()).toMatchObject({ status: 'withdrawn' })
  })
})
