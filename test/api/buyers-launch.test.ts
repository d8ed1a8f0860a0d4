import { readFileSync } from 'node:fs'
import request from 'supertest'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { findPlan, type PlanRecord } from '../../db/read-models/plan-record.js'
import { stampRevisions } from '../../db/stores/stamper.js'
import { SOON } from '../support/patience.js'
import { enter, planSession } from '../support/plans.js'
import { type BuyersApi, buyer, KEYS, type SurveyBody, seed002, startBuyersApi, TEMPLATE_15 } from './buyers-support.js'

let api: BuyersApi
beforeAll(async () => {
  api = await startBuyersApi()
  await buyer(api).putTemplate(15, { survey: TEMPLATE_15 })
})
afterAll(() => api.close())

const LAUNCH = {
  live_url: 'https://survey.example/s/1?who=((PANELIST_ID))',
  offer_price: 2.55,
  currency: 'USD',
  panels: ['lifepoints'],
  ps_survey_status: 22,
}

const draft = (more: object = {}) => buyer(api).created({ ...seed002('request-template-15'), ...more })
async function launched(more: object = {}): Promise<SurveyBody> {
  const { ps_survey_id: id } = await draft(more)
  return buyer(api).edited(id, LAUNCH)
}

async function planOf({ ps_survey_id: id }: Pick<SurveyBody, 'ps_survey_id'>): Promise<PlanRecord> {
  const row = await api.knex('buyer_surveys').where({ ps_survey_id: id }).first('plan_id')
  const plan = await findPlan(api.knex, row.plan_id, api.now)
  if (plan === null) throw new Error('there is no plan')
  return plan
}

const faults = (answer: { body: { errors?: { field: string; message: string }[] } }) =>
  answer.body.errors?.map(({ field }) => field)

describe('the launch', () => {
  it('makes a survey plan of the draft', async () => {
    const body = await launched()
    expect(Object.keys(body)).toEqual(Object.keys(seed002('answer-template-15')))
    expect(body).toMatchObject({
      ps_survey_status: 22,
      offer_price: 2.55,
      live_url: LAUNCH.live_url,
      billing_id: `PS${body.ps_survey_id}`,
      survey_grouping: [body.ps_survey_id],
    })
    const { plan, demandPartner, status, policy } = await planOf(body)
    expect([demandPartner, status, policy.softLaunch]).toEqual(['acme', 'OPEN', null])
    const { quotas, ...rest } = plan
    expect(rest).toEqual({
      surveyId: String(body.ps_survey_id),
      title: 'Some survey check - FOLDER 4 ',
      country: 'USA',
      locale: 'en-US',
      surveyUrl: LAUNCH.live_url,
      type: 'interview',
      estimatedLoi: 5,
      estimatedIr: 50,
      estimatedCr: 50,
      targetCompletes: 20,
      surveyPlatform: 'NON_INTEGRATED_SURVEY_PLATFORM',
      targetPanels: ['LifePoints'],
      pricing: { cpi: 255, unit: 'fractional', currency: 'USD' },
      qualifications: [
        { questionId: 'sex', answers: ['male'] },
        { questionId: 'age', ranges: [{ from: 18, to: 99 }] },
      ],
      // 215 and 229 have no equivalent among the shipped questions
      additionalQualificationCount: 2,
      finishDate: '2030-01-28T09:30:00.000Z',
      quotaRule: 'every',
    })
    expect(quotas[0]).toEqual({
      id: '6FLMpfWu9rzNmW9',
      qualifications: [{ questionId: 'sex', answers: ['male'] }],
      targetCompletes: 10,
    })
    expect(quotas.slice(1, 7).map((quota) => quota.targetCompletes)).toEqual([3, 4, 4, 4, 2, 3])
    // a cell without a translated condition would accept every respondent
    for (const quota of quotas.slice(7)) {
      expect(quota).toEqual({ id: quota.id, qualifications: [], additionalQualificationCount: 1 })
    }
    const { planId } = await planOf(body)
    await vi.waitFor(() => expect(api.told.filter((id) => id.includes(planId))).toHaveLength(1), SOON)
    await stampRevisions(api.knex)
    const survey = await api.knex('surveys').where({ provider_survey_id: planId }).first()
    expect(survey).toMatchObject({ connection: 'gateway', status: 'open', cpi_minor: '255', available_completes: 20 })
  })

  it('is readable at the addresses of the Kantar Gateway API too', async () => {
    const body = await launched()
    const { planId } = await planOf(body)
    const get = (key: string) => request(api.app).get(`/survey-plans/${planId}`).set('x-api-key', key)
    const answer = await get(KEYS.acme)
    expect(answer.status).toBe(200)
    expect(answer.body.survey_plan).toMatchObject({
      survey_id: String(body.ps_survey_id),
      status: 'OPEN',
      target_panels: [{ name: 'LifePoints' }],
      pricing: { cpi: 255, unit: 'fractional', currency: 'USD' },
    })
    expect((await get(KEYS.rival)).status).toBe(404)
    await request(api.app).patch(`/survey-plans/${planId}`).set('x-api-key', KEYS.acme).send({ status: 'PAUSED' })
    expect((await buyer(api).read(body.ps_survey_id)).body.ps_survey_status).toBe(33)
  })

  it('reaches the panels’ feed without the buyer’s own fields', async () => {
    const body = await launched({ survey_title: 'Only for the feed' })
    const { surveyId } = await planOf(body)
    await stampRevisions(api.knex)
    const answer = await request(api.app).get('/surveys').set('x-api-key', KEYS.lifepoints)
    expect(answer.status).toBe(200)
    const items = (Array.isArray(answer.body) ? answer.body : answer.body.surveys) as { survey_plan: { id: string } }[]
    const found = items.find(({ survey_plan }) => survey_plan.id === surveyId)
    expect(found?.survey_plan).toMatchObject({
      country: 'USA',
      status: 'OPEN',
      available_completes: 20,
      additional_qualification_count: 2,
    })
    expect(JSON.stringify(found)).not.toMatch(/survey\.example|target_panels/)
  })

  it('names every missing setting, and accepts them over several edits', async () => {
    const { ps_survey_id: id } = await draft({ template_id: null, field_time: null })
    const early = await buyer(api).edit(id, { ps_survey_status: 22 })
    expect([early.status, early.body.ps_api_response_code]).toEqual([400, 1001])
    expect(faults(early)).toEqual(['live_url', 'field_time', 'offer_price', 'currency', 'panels'])
    expect((await buyer(api).read(id)).body.ps_survey_status).toBe(11)
    const { ps_survey_status: _status, ...terms } = LAUNCH
    expect((await buyer(api).edited(id, { ...terms, field_time: 3 })).ps_survey_status).toBe(11)
    expect((await buyer(api).edited(id, { ps_survey_status: 22 })).ps_survey_status).toBe(22)
  })

  it.each([
    ['live_url', { live_url: 'not an address' }],
    ['live_url', { live_url: 'https://survey.example/"><script>' }],
    ['live_url', { live_url: 'https://survey.example\\\\evil.example/' }],
    ['live_url', { live_url: 'http://127.0.0.1/survey' }],
    ['panels[0]', { panels: ['nobody'] }],
    ['panels[0]', { panels: ['toplife'] }],
    ['panels[1]', { panels: ['lifepoints', 'LIFEPOINTS'] }],
    ['offer_price', { offer_price: 2.555 }],
    ['offer_price', { offer_price: 0 }],
    ['offer_price', { offer_price: 10_000.01 }],
    ['schedule_launch.enable', { schedule_launch: { enable: true } }],
  ])('refuses %s of %j', async (field, given) => {
    const { ps_survey_id: id } = await draft()
    const answer = await buyer(api).edit(id, { ...LAUNCH, ...given })
    expect(answer.status).toBe(400)
    expect(faults(answer)).toEqual([field])
  })

  it('reads prices without floats, panels as names or objects, and other platforms', async () => {
    const { ps_survey_id: id } = await draft()
    const terms = { ...LAUNCH, offer_price: '1.10', panels: [{ name: 'LIFEPOINTS' }], survey_platform: 'Decipher' }
    const body = await buyer(api).edited(id, terms)
    expect(body.offer_price).toBe(1.1)
    const { plan } = await planOf(body)
    expect([plan.pricing.cpi, plan.targetPanels, plan.surveyPlatform]).toEqual([110, ['LifePoints'], 'Decipher'])
  })

  it('makes one plan of two requests at the same time', async () => {
    const { ps_survey_id: id } = await draft()
    const answers = await Promise.all([buyer(api).edit(id, LAUNCH), buyer(api).edit(id, LAUNCH)])
    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    const plans = await api.knex('survey_plans').whereRaw("plan ->> 'surveyId' = ?", [String(id)])
    expect(plans).toHaveLength(1)
  })

  it('begins with a soft launch where the buyer enables it', async () => {
    const few = await launched({ soft_launch: { enable: true } })
    expect(few.soft_launch).toEqual({ enable: true })
    expect((await planOf(few)).policy.softLaunch).toEqual({ completes: 2, pauseMs: 7_200_000 })
    await buyer(api).edited(few.ps_survey_id, { soft_launch: { enable: false } })
    expect((await planOf(few)).policy.softLaunch).toBeNull()
    const one = await launched({ soft_launch: { enable: true }, completes_required: 5 })
    expect((await planOf(one)).policy.softLaunch?.completes).toBe(1)
  })
})

describe('a launched survey', () => {
  it('is paused, opened and closed', async () => {
    const { ps_survey_id: id } = await launched()
    for (const [status, plan] of [
      [33, 'PAUSED'],
      [22, 'OPEN'],
      [44, 'CLOSED'],
      [22, 'OPEN'],
    ] as const) {
      expect((await buyer(api).edited(id, { ps_survey_status: status })).ps_survey_status).toBe(status)
      expect((await planOf({ ps_survey_id: id })).status).toBe(plan)
    }
    expect(faults(await buyer(api).edit(id, { ps_survey_status: 11 }))).toEqual(['ps_survey_status'])
    const { ps_survey_id: other } = await draft()
    for (const status of [33, 44])
      expect(faults(await buyer(api).edit(other, { ps_survey_status: status }))).toEqual(['ps_survey_status'])
  })

  it('is edited while it is live', async () => {
    const before = await launched()
    const id = before.ps_survey_id
    const [men] = before.quotas
    const body = await buyer(api).edited(id, {
      completes_required: 30,
      field_time: 30,
      offer_price: 3,
      quotas: [{ ...men, required_count: 12 }],
    })
    expect(body.ps_survey_status).toBe(22)
    const { plan } = await planOf(body)
    expect(plan.targetCompletes).toBe(30)
    expect(plan.pricing.cpi).toBe(300)
    expect(plan.finishDate).toBe('2030-02-04T09:30:00.000Z')
    expect(plan.quotas).toEqual([
      { id: '6FLMpfWu9rzNmW9', qualifications: [{ questionId: 'sex', answers: ['male'] }], targetCompletes: 12 },
    ])
    expect(faults(await buyer(api).edit(id, { panels: ['nobody'] }))).toEqual(['panels[0]'])
    expect((await planOf(body)).plan.targetPanels).toEqual(['LifePoints'])
  })

  it('is closed when it is filled, and reopens when there is room again', async () => {
    const { ps_survey_id: id } = await launched()
    const { planId } = await planOf({ ps_survey_id: id })
    // as the last complete leaves the plan and its quota
    await api
      .knex('survey_plans')
      .where({ plan_id: planId })
      .update({ completes: 20, status: 'CLOSED', status_reason: 'filled' })
    await api
      .knex('plan_quotas')
      .where({ plan_id: planId, quota_id: '6FLMpfWu9rzNmW9' })
      .update({ completes: 10, status: 'CLOSED', status_reason: 'filled' })
    expect((await buyer(api).read(id)).body.ps_survey_status).toBe(44)
    expect(faults(await buyer(api).edit(id, { ps_survey_status: 22 }))).toEqual(['ps_survey_status'])
    expect(faults(await buyer(api).edit(id, { completes_required: 19 }))).toEqual(['completes_required'])
    const { body } = await buyer(api).read(id)
    const [men, ...others] = body.quotas
    const quotas = [{ ...men, required_count: 15 }, ...others]
    const more = await buyer(api).edited(id, { completes_required: 25, ps_survey_status: 22, quotas })
    expect([more.ps_survey_status, more.completes_required]).toEqual([22, 25])
    const { quotaStatuses } = await planOf(more)
    expect(quotaStatuses.get('6FLMpfWu9rzNmW9')).toBe('OPEN')
  })

  it('accepts respondents like any plan, and shows when the last one completed', async () => {
    const { ps_survey_id: id } = await launched()
    const { planId } = await planOf({ ps_survey_id: id })
    const session = await planSession(api.knex, planId, ['6FLMpfWu9rzNmW9'], { panel: 'LifePoints' })
    expect((await enter(api.knex, session)).kind).toBe('entered')
    const slot = await api.knex('plan_sessions').where({ session_id: session.session_id }).first()
    expect(slot).toMatchObject({ plan_id: planId, slot: 'held', quota_ids: ['6FLMpfWu9rzNmW9'] })
    expect((await buyer(api).read(id)).body.project_last_complete_date).toBeNull()
    const at = new Date('2030-01-06T12:00:00.000Z')
    await api.knex('sessions').where({ session_id: session.session_id }).update({ completed_at: at })
    await api
      .knex('plan_sessions')
      .where({ session_id: session.session_id })
      .update({ slot: 'filled', held_until: null })
    expect((await buyer(api).read(id)).body.project_last_complete_date).toBe(at.toISOString())
  })

  it('stays closed when its plan is deleted', async () => {
    const { ps_survey_id: id } = await launched()
    const { planId } = await planOf({ ps_survey_id: id })
    await buyer(api).edited(id, { ps_survey_status: 44 })
    const deleted = await request(api.app).delete(`/survey-plans/${planId}`).set('x-api-key', KEYS.acme)
    expect(deleted.status).toBe(204)
    expect((await buyer(api).read(id)).body.ps_survey_status).toBe(44)
    expect(faults(await buyer(api).edit(id, { ps_survey_status: 22 }))).toEqual(['ps_survey_status'])
  })
})

describe('docs/templates.md', () => {
  it('begins with requests that succeed as written', async () => {
    const page = readFileSync(new URL('../../docs/templates.md', import.meta.url), 'utf8')
    const curls = [...page.matchAll(/curl -X (PUT|POST) \$TRIBUTARY(\S+) [\s\S]*? -d '([^']+)'/g)]
    expect(curls).toHaveLength(3)
    const keys = { 'x-api-key': KEYS.acme, 'access-token': KEYS.acme }
    let id = 0
    const statuses: number[] = []
    for (const [, method, path = '', body = ''] of curls) {
      const address = path.replace('100001', String(id))
      const sent = method === 'PUT' ? request(api.app).put(address) : request(api.app).post(address)
      const answer = await sent.set(keys).send(JSON.parse(body))
      id = answer.body.ps_survey_id ?? id
      statuses.push(answer.status)
      if (method === 'POST')
        expect((answer.body as SurveyBody).quotas.map((one) => one.required_count)).toEqual([10, 10])
    }
    expect(statuses).toEqual([200, 200, 200])
    expect((await buyer(api).read(id)).body.ps_survey_status).toBe(22)
  })
})
