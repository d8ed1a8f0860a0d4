import type { Express } from 'express'
import request from 'supertest'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { deletePlan } from '../../commands/plans/delete.js'
import { insertPlan } from '../../commands/plans/launch.js'
import { setQuotaStatus } from '../../commands/plans/set-quota-status.js'
import { setPlanStatus } from '../../commands/plans/set-status.js'
import { writePolicy } from '../../commands/plans/write-policy.js'
import type { Knex } from '../../db/connect.js'
import { lockPlan } from '../../db/read-models/plan-record.js'
import { stampSoon } from '../../db/stores/stamp-soon.js'
import { surveyIdOf } from '../../db/survey-id.js'
import { DEFAULT_POLICY, GATEWAY, type SurveyPlan } from '../../domain/plan/survey-plan.js'
import { OWN_PLANS_KEYS, type OwnPlansApi, startOwnPlansApi } from '../support/own-plans-api.js'
import { SOON } from '../support/patience.js'
import { aPlan } from '../support/plans.js'

let api: OwnPlansApi
let app: Express
let planned = 0

beforeAll(async () => {
  api = await startOwnPlansApi()
  app = api.app
})
afterAll(() => api.close())

/** As a buyer's request does it: the transaction, then the stamp without waiting for it. */
async function change<Result>(work: (trx: Knex) => Promise<Result>): Promise<Result> {
  const result = await api.database.knex.transaction(work)
  stampSoon(api.database.knex)
  return result
}

async function launched(given: Partial<SurveyPlan> = {}): Promise<string> {
  const planId = `plan_test_${++planned}`
  await change((trx) =>
    insertPlan(trx, { planId, demandPartner: 'acme', plan: aPlan({ locale: 'en-US', ...given }) }, new Date()),
  )
  return planId
}

type Panel = 'lifepoints' | 'toplife'

async function match(panel: Panel, body: object = {}) {
  const answer = await request(app)
    .post('/v1/surveys/match')
    .set('x-api-key', OWN_PLANS_KEYS[panel])
    .send({ panelist_id: 'ann', country: 'USA', limit: 200, ...body })
  expect(answer.status, answer.text).toBe(200)
  return answer.body as {
    offers: { provider_survey_id: string; [member: string]: unknown }[]
    connections: object[]
  }
}
const plansOf = async (panel: Panel, body: object = {}) =>
  (await match(panel, body)).offers.map((offer) => offer.provider_survey_id)

/** Repeats until the match agrees. `bench:ingest` measures that this takes less than a second. */
const within = (look: () => Promise<void>) => vi.waitFor(look, SOON)

describe('a survey plan in a match', () => {
  test('is offered to the panels that it names, at the price of the quota that fits', async () => {
    const planId = await launched({
      quotas: [
        { id: 'young', qualifications: [{ questionId: 'age', ranges: [{ from: 18, to: 34 }] }], targetCompletes: 5 },
        {
          id: 'older',
          qualifications: [{ questionId: 'age', ranges: [{ from: 35, to: 99 }] }],
          pricing: { cpi: 4, unit: 'main', currency: 'USD' },
        },
      ],
    })
    await within(async () => expect(await plansOf('lifepoints', { profile: { age: 22 } })).toContain(planId))
    const { offers, connections } = await match('lifepoints', { profile: { age: 22 } })
    expect(offers.find((offer) => offer.provider_survey_id === planId)).toMatchObject({
      survey_id: surveyIdOf(GATEWAY, planId),
      connection: 'gateway',
      provider: 'gateway',
      provider_survey_id: planId,
      provider_quota_id: 'young',
      match: 'yes',
      loi_minutes: 5,
      ir_percent: 80,
      cpi: { amount_minor: 150, currency: 'USD' },
      reward: { amount: 75, currency: 'points' },
      why: expect.arrayContaining(['matched quota young: age 18-34']),
    })
    expect(connections).toContainEqual({ id: 'gateway', status: 'ok', age_seconds: null })

    const older = await match('lifepoints', { profile: { age: '40' } })
    expect(older.offers.find((offer) => offer.provider_survey_id === planId)).toMatchObject({
      provider_quota_id: 'older',
      cpi: { amount_minor: 400, currency: 'USD' },
    })
    expect(await plansOf('lifepoints', { profile: { age: 17 } })).not.toContain(planId)
    expect(await plansOf('lifepoints')).not.toContain(planId)
    expect(await plansOf('lifepoints', { profile: { age: 22 }, connections: ['kantar-us'] })).toEqual([])
    expect(await plansOf('toplife', { profile: { age: 22 } })).not.toContain(planId)
  })

  test('is not offered while paused, closed or deleted, and is offered again when opened', async () => {
    const planId = await launched({ targetPanels: ['toplife'] })
    const status = (to: 'OPEN' | 'PAUSED' | 'CLOSED') =>
      change((trx) => setPlanStatus(trx, 'acme', planId, to, new Date()))
    const offered = (yes: boolean) =>
      within(async () => expect((await plansOf('toplife')).includes(planId), `offered: ${yes}`).toBe(yes))
    await offered(true)
    await status('PAUSED')
    await offered(false)
    await status('OPEN')
    await offered(true)
    await status('CLOSED')
    await offered(false)
    await status('OPEN')
    await offered(true)
    await status('CLOSED')
    expect(await change((trx) => deletePlan(trx, 'acme', planId, new Date()))).toBe('deleted')
    await offered(false)
  })

  test('a paused quota is not offered, the others are', async () => {
    const planId = await launched({
      quotas: [
        { id: 'men', qualifications: [{ questionId: 'sex', answers: ['male'] }] },
        { id: 'women', qualifications: [{ questionId: 'sex', answers: ['female'] }] },
      ],
    })
    await within(async () => expect(await plansOf('lifepoints', { profile: { sex: 'male' } })).toContain(planId))
    await change((trx) => setQuotaStatus(trx, 'acme', planId, 'men', 'PAUSED', new Date()))
    await within(async () => expect(await plansOf('lifepoints', { profile: { sex: 'male' } })).not.toContain(planId))
    expect(await plansOf('lifepoints', { profile: { sex: 'female' } })).toContain(planId)
  })

  test('a panel with a reached allocation gets no offer and the reason; another panel does', async () => {
    const planId = await launched({ targetCompletes: 10, targetPanels: ['lifepoints', 'toplife'] })
    await within(async () => expect(await plansOf('lifepoints')).toContain(planId))
    await change(async (trx) => {
      await lockPlan(trx, planId, new Date())
      const policy = { ...DEFAULT_POLICY, flexibilityPercent: 0, allocations: { toplife: 10 } }
      await writePolicy(trx, planId, policy, new Date())
    })
    await within(async () => expect(await plansOf('lifepoints')).not.toContain(planId))
    expect(await plansOf('toplife')).toContain(planId)

    await storePanelist('lifepoints')
    const { status, body } = await explain('lifepoints', planId)
    expect([status, body.verdict]).toEqual([200, 'no'])
    const broken = body.rules.filter((rule: { holds: boolean }) => !rule.holds)
    expect(broken).toEqual([{ rule: 'panel', wanted: 'a panel that it is open to', given: 'lifepoints', holds: false }])
  })

  test('is not offered while the connection is paused', async () => {
    const planId = await launched()
    await within(async () => expect(await plansOf('lifepoints')).toContain(planId))
    const tell = (action: string) =>
      request(app).post(`/v1/ops/connections/gateway/${action}`).set('x-api-key', OWN_PLANS_KEYS.ops)
    expect((await tell('pause').send({ reason: 'books' })).status).toBe(202)
    await within(async () => {
      const { offers, connections } = await match('lifepoints')
      expect(offers).toEqual([])
      expect(connections).toContainEqual({ id: 'gateway', status: 'paused', age_seconds: null })
    })
    expect((await tell('resume')).status).toBe(202)
    await within(async () => expect(await plansOf('lifepoints')).toContain(planId))
  })
})

async function storePanelist(panel: Panel, profile: object = { age: 22 }): Promise<void> {
  const put = await request(app)
    .put('/v1/panelists/bob')
    .set('x-api-key', OWN_PLANS_KEYS[panel])
    .send({ country: 'USA', locale: 'en-US', profile })
  expect([200, 201, 204]).toContain(put.status)
}

const explain = (panel: Panel, planId: string) =>
  request(app)
    .get(`/v1/surveys/${surveyIdOf(GATEWAY, planId)}/explain`)
    .query({ panelist_id: 'bob' })
    .set('x-api-key', OWN_PLANS_KEYS[panel])

describe('an explanation of a survey plan', () => {
  test('uses canonical attributes, and is only for the panels that the plan names', async () => {
    const planId = await launched({ qualifications: [{ questionId: 'age', ranges: [{ from: 30, to: 40 }] }] })
    for (const panel of ['lifepoints', 'toplife'] as const) await storePanelist(panel)
    const { status, body } = await explain('lifepoints', planId)
    expect(status).toBe(200)
    expect(body).toMatchObject({
      verdict: 'no',
      reasons: [{ attribute: 'age', wanted: '30-40', given: '22', holds: false, provider_code: 'gateway:age' }],
    })
    expect(body.rules).toContainEqual({
      rule: 'panel',
      wanted: 'a panel that it is open to',
      given: 'lifepoints',
      holds: true,
    })
    const other = await explain('toplife', planId)
    const never = await request(app)
      .get('/v1/surveys/sv_never/explain')
      .query({ panelist_id: 'bob' })
      .set('x-api-key', OWN_PLANS_KEYS.toplife)
    expect(other.status).toBe(404)
    expect(other.body).toEqual(never.body)
  })
})
