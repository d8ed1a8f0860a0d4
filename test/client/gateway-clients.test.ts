import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ZodObject, type ZodType } from 'zod'
import { operations } from '../../api/openapi/document.js'
import {
  BuyerClient,
  type FeedItem,
  OperatorClient,
  SupplyClient,
  SurveyPlatformClient,
  TributaryError,
} from '../../client/index.js'
import { surveyIdOf } from '../../db/survey-id.js'
import { OWN_PLANS_KEYS, type OwnPlansApi, startOwnPlansApi } from '../support/own-plans-api.js'
import { enter, planSession } from '../support/plans.js'

let api: OwnPlansApi
beforeAll(async () => {
  api = await startOwnPlansApi()
})
afterAll(() => api.close())

const options = (apiKey: string) => ({ baseUrl: `${api.baseUrl}/`, apiKey })
const acme = () => new BuyerClient(options(OWN_PLANS_KEYS.acme))
const globex = () => new BuyerClient(options(OWN_PLANS_KEYS.globex))
const lifepoints = () => new SupplyClient(options(OWN_PLANS_KEYS.lifepoints))
const decipher = () => new SurveyPlatformClient(options(OWN_PLANS_KEYS.decipher))

/** The success that an address documents, to compare answers with. */
function documented(method: string, path: string): ZodType {
  const answers = operations.find((operation) => operation.method === method && operation.path === path)?.answers
  const schema = answers?.[200]?.schema ?? answers?.[201]?.schema
  if (schema === undefined) throw new Error(`${method} ${path} documents no answer`)
  return schema instanceof ZodObject ? schema.strict() : schema
}

const failureOf = async (call: Promise<unknown>): Promise<TributaryError> => {
  const error = await call.then(
    () => null,
    (failure: unknown) => failure,
  )
  if (error instanceof TributaryError) return error
  throw new Error(`no TributaryError but ${String(error)}`)
}

/** The Kantar Gateway API's SurveyPlan, as far as this API's panels and questions go. */
const plan = (survey_id = 'demand-survey-plan-id') =>
  ({
    survey_id,
    country: 'USA',
    locale: 'es-US',
    survey_url: 'https://survey-platform.com/survey/e9790abf-4f7c',
    type: 'interview',
    estimated_loi: 5,
    estimated_cr: 25,
    estimated_ir: 80,
    target_completes: 30,
    survey_platform: 'Decipher',
    target_panels: [{ name: 'LifePoints' }],
    pricing: { cpi: 150, unit: 'fractional', currency: 'USD' },
    quotas: [
      {
        id: 'young men/1',
        target_completes: 10,
        qualifications: [
          { question_id: 'age', qualifying_answers: [{ start: 16, end: 30 }] },
          { question_id: 'sex', qualifying_answers: ['male'] },
        ],
      },
    ],
    qualifications: [],
  }) satisfies Parameters<BuyerClient['createPlan']>[0]

describe('a buyer', () => {
  it('reads targeting, launches a plan, sets its policy and ends it as documented', async () => {
    const { targeting_attributes: questions } = await acme().targetingAttributes('USA')
    expect(questions.map(({ id }) => id)).toEqual(expect.arrayContaining(['age', 'sex', 'pets']))
    const panels = await acme().targetingPanels({ country: 'USA', panel: 'lifepoints' })
    expect(panels).toEqual({ lifepoints: { USA: { locales: ['en-US', 'es-US'], currency: 'USD' } } })

    const { id } = await acme().createPlan(plan())
    const stored = await acme().getPlan(id)
    documented('get', '/survey-plans/{id}').parse(stored)
    expect(stored.survey_plan).toMatchObject({ id, status: 'OPEN', survey_id: 'demand-survey-plan-id' })
    expect(stored.available_completes).toEqual({ survey: 30, quotas: { 'young men/1': 10 } })

    const changed = await acme().setQuotaStatus(id, 'young men/1', 'PAUSED')
    documented('patch', '/survey-plans/{id}/quotas/{quotaId}').parse(changed)
    const policy = await acme().putPolicy(id, { overage: 2, allocations: { lifepoints: 10 } })
    expect(policy).toMatchObject({ overage: 2, allocations: { lifepoints: 10 }, flexibility_percent: 100 })
    expect(await acme().getPolicy(id)).toEqual(policy)

    documented('patch', '/survey-plans/{id}').parse(await acme().setPlanStatus(id, 'CLOSED'))
    await acme().deletePlan(id)
    expect(await failureOf(acme().getPlan(id))).toMatchObject({ status: 404, code: '404', problem: null })
  })

  it('iterates over its own plans only', async () => {
    const made = []
    for (let at = 0; at < 3; at += 1) made.push((await acme().createPlan(plan(`mine-${at}`))).id)
    await globex().createPlan(plan('theirs'))
    const walked = []
    for await (const one of acme().plans()) walked.push(one.id)
    expect(walked).toEqual(made.toReversed())
    const first = await acme().listPlans(undefined, 2)
    documented('get', '/v1/plans').parse(first)
    expect((await acme().listPlans(first.next_cursor ?? '', 2)).plans.map(({ id }) => id)).toEqual([made[0]])
    const operator = new OperatorClient(options(OWN_PLANS_KEYS.ops))
    const all = await operator.plans({ limit: 200, status: 'OPEN' })
    documented('get', '/v1/ops/plans').parse(all)
    expect(all.plans.map((one) => one.buyer_survey_id)).toEqual(expect.arrayContaining(['mine-0', 'theirs']))
  })

  it('gets all faults of a request in one form, whatever format the API uses', async () => {
    const bad = { ...plan(), country: 'USX', estimated_loi: 1.5 }
    const failure = await failureOf(acme().createPlan(bad))
    expect(failure).toMatchObject({ status: 400, code: '400', problem: null })
    expect(failure.faults.map(({ field }) => field)).toEqual(expect.arrayContaining(['country', 'estimated_loi']))
    expect(failure.faults.every(({ constraint, message }) => constraint !== undefined && message !== '')).toBe(true)

    const { id } = await acme().createPlan(plan())
    const refused = await failureOf(acme().putPolicy(id, { flexibility_percent: 101 }))
    expect(refused).toMatchObject({ status: 400, faults: [{ field: 'flexibility_percent' }] })
    expect(refused.problem?.errors).toHaveLength(1)
    expect(await failureOf(globex().templateFolders())).toMatchObject({ status: 403, code: '1018' })
    expect(await failureOf(lifepoints().supplierSurvey('sv_0'))).toMatchObject({ status: 404, code: 'failure' })
    expect(await failureOf(new BuyerClient(options('nobody')).targetingAttributes())).toMatchObject({ status: 401 })
  })

  it('makes a survey from a template and launches it', async () => {
    const template = await acme().putTemplate(26, {
      folder: 'USA',
      name: 'adults',
      title: 'Adults',
      survey: {
        survey_category_code: 232,
        survey_localization: 'en_US',
        expected_ir: 50,
        expected_loi: 5,
        field_time: 23,
        qualifications: [{ qualification_code: 212, range_sets: [{ units: 311, from: 18, to: 99 }] }],
      },
    })
    documented('put', '/v1/templates/{id}').parse(template)
    expect(await acme().getTemplate(26)).toEqual(template)
    expect((await acme().listTemplates()).templates).toEqual([template])
    expect(await acme().templateFolders()).toEqual([
      { folder: 'USA', templates: [{ id: 26, name: 'adults', title: 'Adults' }] },
    ])
    const draft = await acme().createSurvey({
      template_id: 26,
      survey_title: 'From a template',
      completes_required: 20,
    })
    documented('post', '/buyers/v2/surveys').parse(draft)
    expect(draft).toMatchObject({ ps_survey_status: 11, template_id: 26, expected_loi: 5 })
    const live = await acme().putSurvey(draft.ps_survey_id, {
      live_url: 'https://survey.example/s/1?id=((SESSION_ID))',
      offer_price: 2.5,
      currency: 'USD',
      panels: ['lifepoints'],
      ps_survey_status: 22,
    })
    expect(live).toMatchObject({ ps_survey_status: 22, offer_price: 2.5 })
    expect(await acme().getSurvey(draft.ps_survey_id)).toEqual(live)
    await acme().deleteTemplate(26)
    expect(await failureOf(acme().getTemplate(26))).toMatchObject({ status: 404, code: 'not_found' })
  })
})

describe('a panel', () => {
  it('gets every change once, acknowledges what it stored, and reads its guarantee', async () => {
    const { id } = await acme().createPlan(plan('in-the-feed'))
    await acme().putPolicy(id, { allocations: { lifepoints: 10 } })
    const stored = new Map<string, FeedItem>()
    await expect
      .poll(async () => {
        await lifepoints().takeChanges(async (changes) => {
          documented('get', '/surveys').parse(changes)
          for (const change of changes) stored.set(change.survey_plan.id, change)
        })
        return stored.has(surveyIdOf('gateway', id))
      })
      .toBe(true)
    expect(await lifepoints().takeChanges(async () => undefined)).toBe(0)
    expect(stored.get(surveyIdOf('gateway', id))?.survey_plan).toMatchObject({ loi: 5, available_completes: 30 })

    await acme().setPlanStatus(id, 'PAUSED')
    await expect.poll(async () => (await lifepoints().feed()).map((one) => one.survey_plan.status)).toEqual(['PAUSED'])
    const broken = lifepoints().takeChanges(() => Promise.reject(new Error('the disk is full')))
    await expect(broken).rejects.toThrow('the disk is full')
    expect(await lifepoints().feed()).toHaveLength(1)

    await acme().setPlanStatus(id, 'OPEN')
    const seen = await lifepoints().supplierSurvey(surveyIdOf('gateway', id))
    documented('get', '/suppliers/v2/surveys/{surveyId}').parse(seen)
    expect(seen.survey.supplier_completes).toMatchObject({ needed: 30, guaranteed_allocation: 10 })
    const all = await lifepoints().supplierSurveys({ survey_status: 22 })
    documented('get', '/suppliers/v2/surveys').parse(all)
    expect(all.surveys.map(({ survey_id }) => survey_id)).toContain(surveyIdOf('gateway', id))
  })

  it('sends its key only to its own API, whatever host a creation address names', async () => {
    const failure = await failureOf(
      lifepoints().createSession('https://evil.example/panels/lifepoints/session/unknown-token', {
        panelist_id: '123456',
      }),
    )
    expect(failure).toMatchObject({ status: 400, faults: [{ message: expect.any(String) }] })
    const behindPrefix = `${api.baseUrl}/gateway/panels/lifepoints/session/unknown-token`
    expect((await failureOf(lifepoints().createSession(behindPrefix, { panelist_id: '1' }))).faults).toEqual(
      failure.faults,
    )
  })
})

describe('a survey platform', () => {
  it('reads its session, reports the outcome, and gets the same answer again', async () => {
    const { id } = await acme().createPlan(plan('platform'))
    const session = await planSession(api.database.knex, id, [], {
      panel: 'lifepoints',
      createdAt: new Date(),
      entryToken: randomBytes(24).toString('base64url'),
    })
    await enter(api.database.knex, session, new Date())
    // as our own entries make them: not a UUID, which would be read as a session_id
    const token = randomBytes(24).toString('base64url')
    await api.database.knex('sessions').where({ session_id: session.session_id }).update({ provider_session_id: token })
    const who = await decipher().getSession(token)
    documented('get', '/sessions/{token}').parse(who)
    expect(who).toMatchObject({
      session_id: session.session_id,
      survey_platform_id: 'DECIPHER',
      supplier_id: 'LIFEPOINTS',
      survey_id: 'platform',
    })
    const told = await decipher().tellOutcome({ session_id: who.session_id, outcome: 'COMPLETED' })
    documented('post', '/panelist-outcome').parse(told)
    expect(await decipher().tellOutcome({ session_id: token, outcome: 'COMPLETED' })).toEqual(told)
    expect((await acme().getPlan(id)).survey_performance.completes).toBe(1)
    expect((await failureOf(decipher().getSession('unknown'))).faults).not.toEqual([])
  })
})
