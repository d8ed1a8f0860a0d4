import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client, Connection } from '@temporalio/client'
import type { Express } from 'express'
import request from 'supertest'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createApp } from '../../api/app.js'
import { composeApi } from '../../api/compose.js'
import { SurveyAnswer, SurveysAnswer } from '../../api/suppliers/schemas.js'
import { deletePlan } from '../../commands/plans/delete.js'
import { setQuotaStatus } from '../../commands/plans/set-quota-status.js'
import { setPlanStatus } from '../../commands/plans/set-status.js'
import { writePolicy } from '../../commands/plans/write-policy.js'
import { upsertSurveys } from '../../commands/supply/upsert-surveys.js'
import { withdrawSurveys } from '../../commands/supply/withdraw-surveys.js'
import { openConnection } from '../../db/stores/connection-store.js'
import { surveyIdOf } from '../../db/survey-id.js'
import { money } from '../../domain/money.js'
import { DEFAULT_POLICY, GATEWAY, type PlanPolicy } from '../../domain/plan/survey-plan.js'
import type { Survey } from '../../domain/survey.js'
import { loadConfig } from '../../platform/config/load.js'
import { createLogger } from '../../platform/logger.js'
import { connectionSchemas } from '../../providers/connection-schemas.js'
import { readSurvey } from '../../providers/purespectrum/records.js'
import { createTestDatabase, type TestDatabase } from '../support/database.js'
import { SOON } from '../support/patience.js'
import { enter, launch, planSession } from '../support/plans.js'
import { aClaim, enteredSession, settled, T0 } from '../support/sessions.js'
import { aSurvey } from '../support/surveys.js'

const KEYS = {
  lifepoints: 'tk_lifepoints_0123456789',
  toplife: 'tk_toplife_0123456789',
  narrow: 'tk_narrow_0123456789',
  acme: 'dk_acme_0123456789',
}
const CONFIG = `
demand_partners: [{ id: acme, buyer_id: 163, api_key: "${KEYS.acme}" }]
panels:${(['lifepoints', 'toplife', 'narrow'] as const)
  .map(
    (id) => `
  - id: ${id}
    api_key: "${KEYS[id]}"
    markets: { USA: { locales: [en-US, es-US], currency: USD }, JPN: { locales: [ja-JP], currency: JPY } }
    redirects: { default: "https://${id}.example/done" }${id === 'narrow' ? '\n    connections: [ps]' : ''}`,
  )
  .join('')}
connections:
  - { id: kantar-us, provider: kantar, supply_url: "https://supply.example", api_key: "k_0123456789" }
  - { id: ps, provider: purespectrum, base_url: "https://ps.example", access_token: "k_0123456789", supplier_id: 49 }
`

let database: TestDatabase
let app: Express
let close: () => Promise<void>
const clock = { now: T0 }

beforeAll(async () => {
  database = await createTestDatabase()
  const file = join(mkdtempSync(join(tmpdir(), 'tributary-test-')), 'tributary.yaml')
  writeFileSync(file, CONFIG)
  const away = Connection.lazy({ address: '127.0.0.1:1', connectTimeout: '1s' })
  const { deps, close: closeApi } = await composeApi({
    config: loadConfig({ file, env: {}, connectionSchemas }),
    knex: database.knex,
    databaseUrl: database.url,
    temporal: new Client({ connection: away }),
    logger: createLogger('test', 'silent'),
    publicUrl: 'http://tributary.example',
    clock: () => clock.now,
  })
  app = createApp(deps)
  for (const [connection, provider] of [
    [GATEWAY, GATEWAY],
    ['kantar-us', 'kantar'],
    ['ps', 'purespectrum'],
  ] as const) {
    await openConnection(database.knex, { connection, provider })
  }
  await database
    .knex('connections')
    .whereNot({ connection: GATEWAY })
    .update({ last_success_at: T0, next_poll_at: T0, state: 'healthy' })
  await deps.catalogue.start()
  close = async () => {
    await closeApi()
    await away.close()
    await database.drop()
  }
})
afterAll(() => close())

type Panel = 'lifepoints' | 'toplife' | 'narrow'
const get = (path: string, panel: Panel = 'lifepoints') =>
  request(app).get(`/suppliers/v2/${path}`).set('access-token', KEYS[panel])
const planSurvey = (planId: string): string => surveyIdOf(GATEWAY, planId)

async function surveyOf(surveyId: string, panel: Panel = 'lifepoints') {
  const answer = await get(`surveys/${surveyId}`, panel)
  expect(answer.status, answer.text).toBe(200)
  expect(SurveyAnswer.safeParse(answer.body).error).toBeUndefined()
  return answer.body.survey
}
const ofPlan = (planId: string, panel: Panel = 'lifepoints') => surveyOf(planSurvey(planId), panel)
async function idsOf(query = '', panel: Panel = 'lifepoints'): Promise<string[]> {
  const answer = await get(`surveys${query}`, panel)
  expect(answer.status, answer.text).toBe(200)
  expect(SurveysAnswer.safeParse(answer.body).error).toBeUndefined()
  return answer.body.surveys.map((survey: { survey_id: string }) => survey.survey_id)
}

/** Completes of one panel, one after the other. */
async function complete(planId: string, times: number, panel: Panel = 'lifepoints', quotaIds: string[] = []) {
  for (let done = 0; done < times; done++) {
    const session = await planSession(database.knex, planId, quotaIds, { panel })
    expect(await enter(database.knex, session)).toMatchObject({ kind: 'entered' })
    await settled(database.knex, session.session_id, aClaim('COMPLETED'), T0)
  }
}
const change = (work: (trx: TestDatabase['knex']) => Promise<unknown>) => database.knex.transaction(work)
const agree = (planId: string, policy: Partial<PlanPolicy>) =>
  change((trx) => writePolicy(trx, planId, { ...DEFAULT_POLICY, ...policy }, T0))

let order = 0
async function offered(connection: 'kantar-us' | 'ps', given: Partial<Survey> & { providerSurveyId: string }) {
  const provider = connection === 'ps' ? 'purespectrum' : 'kantar'
  order += 1
  await change((trx) =>
    upsertSurveys(trx, { connection, provider, epoch: '0', now: T0 }, [
      { survey: aSurvey(given), order: String(order), version: `v${order}`, raw: Buffer.from('{}') },
    ]),
  )
  return surveyIdOf(connection, given.providerSurveyId)
}

describe('one survey plan of ours', () => {
  test("reproduces the document's example: target 24, 10 allocated, 3 completes", async () => {
    const planId = await launch(
      database.knex,
      { targetCompletes: 24, targetPanels: ['lifepoints', 'toplife'] },
      { allocations: { lifepoints: 10 } },
    )
    await complete(planId, 3)
    expect((await ofPlan(planId)).supplier_completes).toEqual({
      needed: 24,
      achieved: 3,
      remaining: 21,
      guaranteed_allocation: 10,
      guaranteed_allocation_remaining: 7,
    })
    // the other panel has no guarantee: the member is absent, not 0
    expect((await ofPlan(planId, 'toplife')).supplier_completes).toEqual({ needed: 21, achieved: 0, remaining: 21 })
    // the buyer reduces the allocation, and sets flexibility to 0
    await agree(planId, { allocations: { lifepoints: 2, toplife: 20 }, flexibilityPercent: 0 })
    expect((await ofPlan(planId)).supplier_completes).toEqual({
      needed: 3,
      achieved: 3,
      remaining: 0,
      guaranteed_allocation: 2,
      guaranteed_allocation_remaining: 0,
    })
  })

  test('has every member of the document with its type, and no data of the buyer', async () => {
    const planId = await launch(database.knex, {
      targetCompletes: 30,
      categories: ['Travel'],
      finishDate: '2030-01-02T03:04:05Z',
      qualifications: [
        { questionId: 'sex', answers: ['male', 'female'] },
        { questionId: 'age', ranges: [{ from: 25, to: 35 }] },
        { questionId: 'pets', answers: ['2'] },
      ],
      quotas: [
        { id: 'men', targetCompletes: 20, qualifications: [{ questionId: 'sex', answers: ['male'] }] },
        { id: 'all', qualifications: [] },
      ],
    })
    await complete(planId, 2, 'lifepoints', ['men'])
    const answer = await get(`surveys/${planSurvey(planId)}`)
    expect(answer.body).toEqual({
      apiStatus: 'success',
      msg: 'Survey Quota and Qualification fetched successfully ',
      version: '2.0',
      survey: {
        cpi: 1.5,
        currency: 'USD',
        incl_excl: 0,
        supplier_completes: { needed: 30, achieved: 2, remaining: 28 },
        price_type: 1,
        pii: false,
        buyer_message: '',
        survey_performance: { overall: { ir: 80, loi: 5 }, last_block: { ir: 80, loi: 5 } },
        survey_id: planSurvey(planId),
        last_complete_date: T0.getTime(),
        survey_name: `Travel Survey #${planSurvey(planId).slice(-6)}`,
        surveyLocalization: 'es_US',
        survey_status: 22,
        buyer_id: 163,
        field_end_date: Date.parse('2030-01-02T03:04:05Z'),
        crtd_on: expect.any(Number),
        mod_on: T0.getTime(),
        click_balancing: 0,
        category: 'Travel',
        category_code: 0,
        qualifications: [
          { qualification_code: 211, condition_codes: ['111', '112'] },
          { qualification_code: 212, range_sets: [{ from: 25, to: 35, units: 311 }] },
        ],
        additional_qualification_count: 1,
        quotas: [
          {
            quota_id: 'men',
            quantities: { currently_open: 18, remaining: 18, achieved: 2 },
            criteria: [{ qualification_code: 211, condition_codes: ['111'] }],
            crtd_on: expect.any(Number),
            mod_on: T0.getTime(),
            last_complete_date: T0.getTime(),
          },
          {
            quota_id: 'all',
            quantities: { currently_open: 28, remaining: 28, achieved: 0 },
            criteria: [],
            crtd_on: expect.any(Number),
            mod_on: T0.getTime(),
            last_complete_date: null,
          },
        ],
        soft_launch: false,
      },
    })
    for (const secret of ['survey-platform.example', 'demand-survey-plan-id', 'Decipher', planId, 'toplife', 'acme']) {
      expect(answer.text).not.toContain(secret)
    }
  })

  test('writes the price with all the digits of its currency', async () => {
    const whole = await launch(database.knex, { pricing: { cpi: 2, unit: 'main', currency: 'USD' } })
    expect((await get(`surveys/${planSurvey(whole)}`)).text).toContain('"cpi":2.00,')
    const yen = await offered('kantar-us', {
      providerSurveyId: 'yen',
      country: 'JPN',
      locale: null,
      price: money(250, 'JPY'),
    })
    const text = (await get(`surveys/${yen}`)).text
    expect(text).toContain('"cpi":250,')
    // it restricts no language, so that the panel's own in that market counts
    expect(text).toContain('"surveyLocalization":"ja_JP"')
  })

  test('shows what is open now: holds, a closed quota and a soft launch reduce it', async () => {
    const planId = await launch(
      database.knex,
      {
        targetCompletes: 10,
        quotas: [
          { id: 'a', targetCompletes: 6, qualifications: [] },
          { id: 'b', qualifications: [] },
        ],
      },
      { softLaunch: { completes: 4, pauseMs: 60_000 } },
    )
    const session = await planSession(database.knex, planId, ['a'])
    await enter(database.knex, session)
    const open = async () =>
      Object.fromEntries(
        (await ofPlan(planId)).quotas.map((quota: { quota_id: string; quantities: object }) => [
          quota.quota_id,
          quota.quantities,
        ]),
      )
    expect(await ofPlan(planId)).toMatchObject({ soft_launch: true, supplier_completes: { remaining: 10 } })
    expect(await open()).toEqual({
      a: { currently_open: 3, remaining: 6, achieved: 0 },
      b: { currently_open: 3, remaining: 10, achieved: 0 },
    })
    await change((trx) => setQuotaStatus(trx, 'acme', planId, 'a', 'CLOSED', T0))
    expect((await open()).a).toMatchObject({ currently_open: 0, remaining: 6 })
    await change((trx) => setPlanStatus(trx, 'acme', planId, 'PAUSED', T0))
    expect((await ofPlan(planId)).survey_status).toBe(33)
    expect((await open()).b).toMatchObject({ currently_open: 0 })
  })

  test('is live, paused or closed; closed at its finish date; absent when deleted', async () => {
    const planId = await launch(database.knex, { finishDate: new Date(T0.getTime() + 1_000).toISOString() })
    expect((await ofPlan(planId)).survey_status).toBe(22)
    clock.now = new Date(T0.getTime() + 1_000)
    expect((await ofPlan(planId)).survey_status).toBe(44)
    clock.now = T0
    await change((trx) => setPlanStatus(trx, 'acme', planId, 'CLOSED', T0))
    expect((await ofPlan(planId)).survey_status).toBe(44)
    await change((trx) => deletePlan(trx, 'acme', planId, T0))
    expect((await get(`surveys/${planSurvey(planId)}`)).status).toBe(404)
  })

  test('stays visible to a panel whose allocation is used up', async () => {
    const planId = await launch(
      database.knex,
      { targetCompletes: 10, targetPanels: ['lifepoints', 'toplife'] },
      { allocations: { lifepoints: 1, toplife: 9 }, flexibilityPercent: 0 },
    )
    await complete(planId, 1)
    expect(await ofPlan(planId)).toMatchObject({
      survey_status: 22,
      supplier_completes: { needed: 1, achieved: 1, remaining: 0, guaranteed_allocation_remaining: 0 },
    })
  })

  test('hides a full quota that it cannot describe, because it would seem to concern all', async () => {
    const pets = { id: 'dogs', targetCompletes: 1, qualifications: [{ questionId: 'pets', answers: ['2'] }] }
    const planId = await launch(database.knex, { quotas: [pets, { id: 'rest', qualifications: [] }] })
    expect((await ofPlan(planId)).quotas[0]).toMatchObject({ quota_id: 'dogs', additional_qualification_count: 1 })
    await complete(planId, 1, 'lifepoints', ['dogs'])
    expect((await ofPlan(planId)).quotas.map((quota: { quota_id: string }) => quota.quota_id)).toEqual(['rest'])
  })
})

describe('a survey of a provider', () => {
  test('counts our own completes, the provider’s remaining ones and its guarantee', async () => {
    const surveyId = await offered('ps', {
      providerSurveyId: '123456',
      availableCompletes: 21,
      allocation: { guaranteed: 10, remaining: 7 },
      grouping: { surveyIds: ['777'], exclusionDays: 30 },
      clauses: [{ attribute: 'purespectrum:219', answers: ['112'] }],
      quotas: [
        {
          quotaId: 'q1',
          status: 'open',
          available: 5,
          layers: [
            { subQuotas: [{ clauses: [{ attribute: 'purespectrum:211', answers: ['111'] }], available: null }] },
          ],
          additionalQualifications: 0,
        },
      ],
    })
    const session = await enteredSession(database.knex, {
      surveyId,
      connection: 'ps',
      provider: 'purespectrum',
      providerSurveyId: '123456',
      providerQuotaId: 'q1',
      createdAt: T0,
    })
    await settled(database.knex, session.session_id, aClaim('COMPLETED'), T0)
    expect(await surveyOf(surveyId)).toMatchObject({
      supplier_completes: {
        needed: 22,
        achieved: 1,
        remaining: 21,
        guaranteed_allocation: 10,
        guaranteed_allocation_remaining: 7,
      },
      survey_grouping: { survey_ids: [surveyIdOf('ps', '777')], exclusion_period: 30 },
      buyer_id: 0,
      qualifications: [{ qualification_code: 219, condition_codes: ['112'] }],
      quotas: [{ quantities: { currently_open: 5, remaining: 5, achieved: 1 } }],
    })
    // completes are counted per panel
    expect((await surveyOf(surveyId, 'toplife')).supplier_completes).toMatchObject({ needed: 21, achieved: 0 })
  })

  test('leaves completes out where the provider gives none', async () => {
    const surveyId = await offered('kantar-us', { providerSurveyId: 'silent', availableCompletes: null })
    expect(await surveyOf(surveyId)).not.toHaveProperty('supplier_completes')
  })

  test('can be read by our own PureSpectrum adapter', async () => {
    const surveyId = await offered('kantar-us', {
      providerSurveyId: 'readable',
      clauses: [{ attribute: 'kantar:age', ranges: [{ from: 16, to: 40 }] }],
      quotas: [
        {
          quotaId: 'women',
          status: 'open',
          available: null,
          layers: [{ subQuotas: [{ clauses: [{ attribute: 'kantar:sex', answers: ['female'] }], available: null }] }],
          additionalQualifications: 0,
        },
      ],
    })
    const { text } = await get(`surveys/${surveyId}`)
    const read = readSurvey(Buffer.from(text), { surveyId, order: '1', row: null }, { currency: 'USD' })
    expect(read).toMatchObject({
      kind: 'offered',
      survey: {
        providerSurveyId: surveyId,
        status: 'open',
        country: 'USA',
        price: money(150, 'USD'),
        availableCompletes: 100,
        clauses: [{ attribute: 'purespectrum:212', ranges: [{ from: 16, to: 40 }] }],
        quotas: [{ quotaId: 'women', available: 100 }],
      },
    })
  })

  test('is paused when its connection is paused or it has no entry', async () => {
    const shut = await offered('kantar-us', { providerSurveyId: 'shut', enterable: false })
    expect((await surveyOf(shut)).survey_status).toBe(33)
    const surveyId = await offered('ps', { providerSurveyId: '42' })
    await database.knex('connections').where({ connection: 'ps' }).update({ paused: true })
    await vi.waitFor(async () => expect((await surveyOf(surveyId)).survey_status).toBe(33), SOON)
    await database.knex('connections').where({ connection: 'ps' }).update({ paused: false })
    await vi.waitFor(async () => expect((await surveyOf(surveyId)).survey_status).toBe(22), SOON)
  })

  test('is closed once the provider has withdrawn it', async () => {
    const surveyId = await offered('ps', { providerSurveyId: '43' })
    await change((trx) =>
      withdrawSurveys(trx, { connection: 'ps', provider: 'purespectrum', epoch: '0', now: T0 }, [
        { providerSurveyId: '43', order: '1000000' },
      ]),
    )
    expect((await surveyOf(surveyId)).survey_status).toBe(44)
  })
})

describe('visibility', () => {
  test('shows plans to the panels they name, and surveys to panels that may use the connection', async () => {
    const planId = await launch(database.knex, { targetPanels: ['toplife'] })
    const kantar = await offered('kantar-us', { providerSurveyId: 'for-some' })
    const ps = await offered('ps', { providerSurveyId: '44' })
    const members = await offered('ps', { providerSurveyId: '45', membersOnly: true })
    expect(await idsOf('', 'toplife')).toEqual(expect.arrayContaining([planSurvey(planId), kantar, ps]))
    expect(await idsOf('', 'narrow')).not.toEqual(expect.arrayContaining([kantar]))
    expect(await idsOf('', 'narrow')).toContain(ps)
    for (const panel of ['lifepoints', 'narrow'] as const) {
      const answer = await get(`surveys/${planSurvey(planId)}`, panel)
      expect(answer.status).toBe(404)
      expect(answer.body).toEqual({ apiStatus: 'failure', msg: 'Survey not found' })
      expect(await idsOf('', panel)).not.toContain(planSurvey(planId))
    }
    expect((await get(`surveys/${kantar}`, 'narrow')).status).toBe(404)
    expect((await get(`surveys/${members}`)).status).toBe(404)
    expect(await idsOf()).not.toContain(members)
  })

  test('a missing, unknown or wrong kind of key is 401 in the document’s format', async () => {
    for (const key of [undefined, 'nobody', KEYS.acme]) {
      for (const path of ['/suppliers/v2/surveys', '/suppliers/v2/surveys/sv_1']) {
        const call = request(app).get(path)
        const answer = await (key === undefined ? call : call.set('access-token', key))
        expect(answer.status).toBe(401)
        expect(answer.body).toEqual({ apiStatus: 'failure', msg: expect.stringContaining('access-token') })
      }
    }
    // the only header is access-token
    expect((await request(app).get('/suppliers/v2/surveys').set('x-api-key', KEYS.lifepoints)).status).toBe(401)
  })

  test.each(['nonsense', 'sv_', '%27', 'sv_0123456789abcdef01234567', '123456'])('%s is 404', async (id) => {
    const answer = await get(`surveys/${id}`)
    expect(answer.status).toBe(404)
    expect(answer.body).toEqual({ apiStatus: 'failure', msg: 'Survey not found' })
  })
})

describe('the list', () => {
  test('has live surveys, others by survey_status, and those changed since mod_on', async () => {
    const live = await launch(database.knex)
    const paused = await launch(database.knex)
    const closed = await launch(database.knex)
    const later = new Date(T0.getTime() + 5_000)
    await change((trx) => setPlanStatus(trx, 'acme', paused, 'PAUSED', later))
    await change((trx) => setPlanStatus(trx, 'acme', closed, 'CLOSED', later))
    const [one, two, three] = [live, paused, closed].map(planSurvey)
    const lists = { 22: await idsOf(), 33: await idsOf('?survey_status=33'), 44: await idsOf('?survey_status=44') }
    expect(lists[22]).toContain(one)
    expect(lists[33]).toContain(two)
    expect(lists[44]).toContain(three)
    const all = [...lists[22], ...lists[33], ...lists[44]]
    expect(new Set(all).size).toBe(all.length)
    expect(await idsOf('?survey_status=11')).toEqual([])
    expect(await idsOf(`?survey_status=33&mod_on=${later.getTime()}&reg=true`)).toEqual([two])
    expect(await idsOf(`?survey_status=33&mod_on=${later.getTime() + 1}`)).toEqual([])
  })

  test('shows each survey as its own address does', async () => {
    const planId = await launch(database.knex, { targetCompletes: 24 }, { allocations: { lifepoints: 10 } })
    const answer = await get('surveys')
    const listed = answer.body.surveys.find((one: { survey_id: string }) => one.survey_id === planSurvey(planId))
    expect(listed).toEqual(await ofPlan(planId))
    expect(answer.body).toMatchObject({ apiStatus: 'success', msg: 'Surveys fetched successfully' })
  })

  test('is complete over many pages', async () => {
    await database.knex.raw(
      `insert into surveys (survey_id, connection, provider, provider_survey_id, status, country, cpi_minor, currency,
         loi_minutes, ir_percent, survey, source_order, source_version, content_hash)
       select 'sv_' || lpad(to_hex(n), 24, '0'), connection, provider, 'bulk-' || n, status, country, cpi_minor, currency,
         loi_minutes, ir_percent, survey, 1, 'v', 'h' from surveys, generate_series(1, 1234) n
        where provider_survey_id = 'for-some'`,
    )
    const ids = (await idsOf()).filter((id) => id.startsWith('sv_00000000'))
    expect(ids).toHaveLength(1_234)
    await database.knex('surveys').where('provider_survey_id', 'like', 'bulk-%').delete()
  })

  test.each([
    ['survey_status=23', /survey_status: must be 11, 22, 33 or 44/],
    ['mod_on=yesterday', /mod_on: must be a time in epoch milliseconds/],
    ['status=22', /status: is not a known field/],
  ])('refuses %s', async (query, message) => {
    const answer = await get(`surveys?${query}`)
    expect(answer.status).toBe(400)
    expect(answer.body).toEqual({ apiStatus: 'failure', msg: expect.stringMatching(message) })
  })
})
