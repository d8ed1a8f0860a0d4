import request from 'supertest'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { FeedAnswer } from '../../api/supply/schemas.js'
import { issueSessionToken } from '../../api/tokens/session-token.js'
import { deletePlan } from '../../commands/plans/delete.js'
import { insertPlan } from '../../commands/plans/launch.js'
import { setQuotaStatus } from '../../commands/plans/set-quota-status.js'
import { setPlanStatus } from '../../commands/plans/set-status.js'
import { writePolicy } from '../../commands/plans/write-policy.js'
import { upsertSurveys } from '../../commands/supply/upsert-surveys.js'
import { stampRevisions } from '../../db/stores/stamper.js'
import { surveyIdOf } from '../../db/survey-id.js'
import { DEFAULT_POLICY, GATEWAY, type PlanStatus } from '../../domain/plan/survey-plan.js'
import { createTestDatabase, type TestDatabase } from '../support/database.js'
import { aPlan, launch } from '../support/plans.js'
import { aSurvey } from '../support/surveys.js'
import {
  type FeedApi,
  KEYS,
  offer,
  offered,
  panelOf,
  startFeedApi,
  statuses,
  withdraw,
  writerOf,
} from './feed-support.js'

let database: TestDatabase
let api: FeedApi
let now: Date

beforeAll(async () => {
  database = await createTestDatabase()
  api = await startFeedApi(database, { clock: () => now })
})
afterAll(async () => {
  await api.close()
  await database.drop()
})
beforeEach(async () => {
  now = new Date()
  await database.knex.raw(
    'delete from feed_cursors; delete from feed_deliveries; delete from survey_plans; delete from surveys',
  )
})

const ownId = (planId: string): string => surveyIdOf(GATEWAY, planId)
const changed = async (change: (trx: TestDatabase['knex']) => Promise<unknown>): Promise<void> => {
  await database.knex.transaction(change)
  await stampRevisions(database.knex)
}
const turn = (planId: string, status: PlanStatus) =>
  changed((trx) => setPlanStatus(trx, 'acme', planId, status, new Date()))

describe('a survey plan in the feed', () => {
  const plan = aPlan({
    categories: ['pets', 'wildlife conservation'],
    tags: ['collects_pii', 'webcam'],
    additionalQualificationCount: 3,
    quotas: [
      {
        id: 'demand-partner-quota-id',
        qualifications: [{ questionId: 'age', ranges: [{ from: 16, to: 40 }] }],
        additionalQualificationCount: 3,
        pricing: { cpi: 150, unit: 'fractional', currency: 'USD' },
        targetCompletes: 5,
      },
      { id: 'no-target', qualifications: [{ questionId: 'sex', answers: ['male', 'female'] }] },
    ],
    qualifications: [
      {
        questionId: 'age',
        ranges: [
          { from: 16, to: 40 },
          { from: 60, to: 60 },
        ],
      },
    ],
    resumeAllowed: false,
    groupId: 'group-id',
    projectId: 'project-id',
    contactEmails: ['email_one@email.com'],
    finishDate: '2099-09-23T00:00:00.000Z',
    deviceRequirements: ['desktop', 'mobile'],
  })

  it('has the members of the Kantar Gateway API, and no other', async () => {
    const planId = await launch(database.knex, plan)
    const updates = await panelOf(api).poll()
    const row = await database.knex('surveys').first('revision', 'changed_at')
    expect(updates).toEqual([
      {
        version: `${row.revision}:${row.changed_at.getTime()}`,
        ack_id: Number(row.revision),
        survey_session_creation_url: expect.stringMatching(
          /^http:\/\/tributary\.example\/panels\/lifepoints\/session\/[\w-]+$/,
        ),
        survey_plan: {
          id: ownId(planId),
          categories: ['pets', 'wildlife conservation'],
          country: 'USA',
          locale: 'es-US',
          type: 'interview',
          tags: ['collects_pii', 'webcam'],
          loi: 5,
          cr: 25,
          ir: 80,
          available_completes: 30,
          pricing: { cpi: 150, unit: 'fractional', currency: 'USD' },
          additional_qualification_count: 3,
          status: 'OPEN',
          quotas: [
            {
              id: 'demand-partner-quota-id',
              available_completes: 5,
              status: 'OPEN',
              qualifications: [{ question_id: 'age', qualifying_answers: ['16-40'] }],
              additional_qualification_count: 3,
              pricing: { cpi: 150, unit: 'fractional', currency: 'USD' },
            },
            {
              id: 'no-target',
              available_completes: 30,
              status: 'OPEN',
              qualifications: [{ question_id: 'sex', qualifying_answers: ['male', 'female'] }],
            },
          ],
          qualifications: [{ question_id: 'age', qualifying_answers: ['16-40', '60-60'] }],
          resume_allowed: false,
          group_id: 'group-id',
          project_id: 'project-id',
          contact_emails: ['email_one@email.com'],
          finish_date: '2099-09-23T00:00:00.000Z',
          device_requirements: ['desktop', 'mobile'],
        },
      },
    ])
    expect(Object.keys(updates[0] ?? {})).toEqual(['version', 'ack_id', 'survey_session_creation_url', 'survey_plan'])
  })

  it('has no data of the buyer', async () => {
    const planId = await launch(database.knex, plan)
    const { text } = await request(api.app).get('/surveys').set('x-api-key', KEYS.lifepoints)
    const secrets = [
      planId,
      'demand-survey-plan-id',
      'survey-platform.example',
      'Decipher',
      'acme',
      'survey_url',
      'survey_id',
      'survey_platform',
      'target_panels',
      'estimated_',
      'target_completes',
    ]
    for (const secret of secrets) expect(text).not.toContain(secret)
  })

  it('leaves out what its buyer left out', async () => {
    await launch(database.knex)
    const [update] = await panelOf(api).poll()
    expect(Object.keys(update?.survey_plan ?? {}).sort()).toEqual([
      'available_completes',
      'country',
      'cr',
      'id',
      'ir',
      'locale',
      'loi',
      'pricing',
      'qualifications',
      'quotas',
      'status',
      'type',
    ])
  })

  it("has the panel's own session creation URL", async () => {
    const planId = await launch(database.knex, { targetPanels: ['lifepoints', 'toplife'] })
    const [mine] = await panelOf(api, 'lifepoints').poll()
    const [other] = await panelOf(api, 'toplife').poll()
    const token = mine?.survey_session_creation_url.split('/').at(-1) ?? ''
    expect(api.deps.sessionTokens.read('lifepoints', token)).toBe(ownId(planId))
    expect(api.deps.sessionTokens.read('toplife', token)).toBeNull()
    expect(other?.survey_session_creation_url).not.toContain(token)
    expect(token).not.toBe(issueSessionToken(Buffer.alloc(32, 1), 'lifepoints', ownId(planId)))
  })
})

describe("a provider's survey in the feed", () => {
  it('is translated to the gateway’s questions; untranslated conditions are counted', async () => {
    const [surveyId] = await offer(
      database.knex,
      'toluna-us',
      aSurvey({
        providerSurveyId: '991:2',
        locale: 'en_US',
        loiMinutes: 7.4,
        irPercent: 33.3,
        price: { amountMinor: 275n, currency: 'GBP' },
        availableCompletes: null,
        devices: ['desktop'],
        finishAt: '2099-01-01T00:00:00.000Z',
        groupId: 'g',
        projectId: '991',
        resumeAllowed: true,
        clauses: [
          { attribute: 'toluna:1001007', answers: ['2000247'] },
          { attribute: 'toluna:1001042', prefixes: ['SW1'] },
        ],
        quotas: [
          {
            quotaId: '55',
            status: 'open',
            available: 12,
            price: { amountMinor: 300n, currency: 'GBP' },
            additionalQualifications: 0,
            layers: [
              {
                subQuotas: [
                  { clauses: [{ attribute: 'toluna:1001538', ranges: [{ from: 18, to: 130 }] }], available: 5 },
                  { clauses: [{ attribute: 'toluna:7', answers: ['1'] }], available: null },
                ],
              },
            ],
          },
        ],
      }),
    )
    const [update] = await panelOf(api).poll()
    const pays = (cpi: number) => ({ cpi, unit: 'fractional', currency: 'GBP' })
    expect(update?.survey_plan).toEqual({
      id: surveyId,
      country: 'USA',
      locale: 'en-US',
      type: 'interview',
      loi: 7,
      cr: 33,
      ir: 33,
      available_completes: 12,
      pricing: pays(275),
      additional_qualification_count: 1,
      quotas: [
        {
          id: '55~1',
          available_completes: 5,
          status: 'OPEN',
          qualifications: [{ question_id: 'age', qualifying_answers: ['18-100'] }],
          additional_qualification_count: 0,
          pricing: pays(300),
        },
        {
          id: '55~2',
          available_completes: 12,
          status: 'OPEN',
          qualifications: [],
          additional_qualification_count: 1,
          pricing: pays(300),
        },
      ],
      qualifications: [{ question_id: 'sex', qualifying_answers: ['male'] }],
      resume_allowed: true,
      group_id: 'g',
      project_id: '991',
      finish_date: '2099-01-01T00:00:00.000Z',
      device_requirements: ['desktop'],
      status: 'OPEN',
    })
  })

  it('is translated with the mapping of its connection', async () => {
    await offer(
      database.knex,
      'purespectrum',
      aSurvey({ clauses: [{ attribute: 'purespectrum:212', ranges: [{ from: 25, to: 35 }] }] }),
    )
    await offer(
      database.knex,
      'kantar-us',
      aSurvey({
        conversionPercent: 61,
        clauses: [
          { attribute: 'kantar:age', answers: ['16-40'], ranges: [{ from: 16, to: 40 }] },
          { attribute: 'kantar:pets', answers: ['2', '7'] },
        ],
      }),
    )
    const updates = await panelOf(api).poll()
    expect(updates.map(({ survey_plan }) => survey_plan.qualifications)).toEqual([
      [{ question_id: 'age', qualifying_answers: ['25-35'] }],
      [
        { question_id: 'age', qualifying_answers: ['16-40'] },
        { question_id: 'pets', qualifying_answers: ['2', '7'] },
      ],
    ])
    expect(updates.map(({ survey_plan }) => survey_plan.cr)).toEqual([50, 61])
  })

  it('matches the documented schema', async () => {
    await launch(database.knex)
    await offer(database.knex, 'toluna-us', aSurvey())
    expect(FeedAnswer.safeParse(await panelOf(api).poll()).error).toBeUndefined()
  })
})

describe('polling', () => {
  it('repeats the answer until it is acknowledged, then returns only changes', async () => {
    const panel = panelOf(api)
    const [first, second] = [await launch(database.knex), await launch(database.knex)]
    const updates = await panel.poll()
    expect(updates.map(({ survey_plan }) => survey_plan.id)).toEqual([ownId(first), ownId(second)])
    expect(await panel.poll()).toEqual(updates)

    await panel.ack(updates[0]?.ack_id).expect(204)
    expect(await panel.poll()).toEqual(updates.slice(1))
    await panel.ack(updates[1]?.ack_id).expect(204)
    expect(await panel.poll()).toEqual([])
  })

  it('returns an edited plan once, in its newest version', async () => {
    const panel = panelOf(api)
    const planId = await launch(database.knex)
    const [open] = await panel.poll()
    await turn(planId, 'PAUSED')
    const updates = await panel.poll()
    expect(updates).toHaveLength(1)
    expect(updates[0]?.survey_plan.status).toBe('PAUSED')
    expect(updates[0]?.ack_id).toBeGreaterThan(open?.ack_id ?? Number.POSITIVE_INFINITY)
    // the panel was given the older version: it may acknowledge it, and the newer one stays
    await panel.ack(open?.ack_id).expect(204)
    expect(await panel.poll()).toEqual(updates)
  })

  it('shows a plan to the panels which it targets, and to no other', async () => {
    const planId = await launch(database.knex, { targetPanels: ['toplife'] })
    expect(await panelOf(api, 'lifepoints').poll()).toEqual([])
    expect(await panelOf(api, 'narrow').news()).toEqual({})
    expect(await panelOf(api, 'toplife').news()).toEqual({ [ownId(planId)]: 'OPEN' })
  })

  it('keeps a cursor per panel', async () => {
    const planId = await launch(database.knex, { targetPanels: ['lifepoints', 'toplife'] })
    expect(await panelOf(api, 'lifepoints').news()).toEqual({ [ownId(planId)]: 'OPEN' })
    expect(await panelOf(api, 'lifepoints').poll()).toEqual([])
    expect(await panelOf(api, 'toplife').news()).toEqual({ [ownId(planId)]: 'OPEN' })
  })

  it('returns a closed quota and its available completes', async () => {
    const panel = panelOf(api)
    const planId = await launch(database.knex, {
      quotas: [{ id: 'q1', qualifications: [], targetCompletes: 7 }],
    })
    await panel.news()
    await changed((trx) => setQuotaStatus(trx, 'acme', planId, 'q1', 'CLOSED', new Date()))
    const [update] = await panel.poll()
    expect(update?.survey_plan.quotas).toEqual([
      { id: 'q1', available_completes: 7, status: 'CLOSED', qualifications: [] },
    ])
  })

  it.each([
    ['no key', {}],
    ['an unknown key', { 'x-api-key': 'nobody' }],
    ["a demand partner's key", { 'x-api-key': KEYS.acme }],
    ["a survey platform's key", { 'x-api-key': KEYS.platform }],
    ["an operator's key", { 'x-api-key': KEYS.ops }],
  ])('refuses %s', async (_, headers) => {
    for (const asked of [request(api.app).get('/surveys'), request(api.app).post('/surveys/ack').send({ ack_id: 1 })]) {
      const answer = await asked.set(headers)
      expect(answer.status).toBe(401)
      expect(answer.body).toEqual({ code: '401', message: expect.any(String), success: false })
    }
  })

  it('takes the key in Authorization too', async () => {
    await request(api.app).get('/surveys').set('Authorization', KEYS.lifepoints).expect(200, [])
    await request(api.app).get('/surveys').set('Authorization', `Bearer ${KEYS.lifepoints}`).expect(200, [])
  })
})

describe('a closure', () => {
  it('is sent to the panels that were given the plan', async () => {
    const [one, other] = [panelOf(api, 'lifepoints'), panelOf(api, 'toplife')]
    const planId = await launch(database.knex, { targetPanels: ['lifepoints', 'toplife'] })
    await one.news()
    await turn(planId, 'CLOSED')
    expect(await one.news()).toEqual({ [ownId(planId)]: 'CLOSED' })
    expect(await one.poll()).toEqual([])
    expect(await other.poll()).toEqual([])
  })

  it('is repeated until it is acknowledged', async () => {
    const panel = panelOf(api)
    const planId = await launch(database.knex)
    await panel.poll()
    await turn(planId, 'CLOSED')
    const closed = await panel.poll()
    expect(statuses(closed)).toEqual({ [ownId(planId)]: 'CLOSED' })
    expect(await panel.poll()).toEqual(closed)
  })

  it('is never sent for a plan that was not given, even after its deletion', async () => {
    const panel = panelOf(api)
    const unseen = await launch(database.knex)
    await turn(unseen, 'CLOSED')
    const seen = await launch(database.knex)
    expect(await panel.news()).toEqual({ [ownId(seen)]: 'OPEN' })
    // behind the acknowledgement of a later plan
    await changed((trx) => deletePlan(trx, 'acme', unseen, new Date()))
    expect(await panel.poll()).toEqual([])
  })

  it('is sent once when the plan is deleted', async () => {
    const panel = panelOf(api)
    const planId = await launch(database.knex)
    await panel.news()
    await turn(planId, 'CLOSED')
    await changed((trx) => deletePlan(trx, 'acme', planId, new Date()))
    expect(await panel.news()).toEqual({ [ownId(planId)]: 'CLOSED' })
    expect(await panel.poll()).toEqual([])
    // an acknowledged closure is not stored any longer
    expect(await database.knex('feed_deliveries')).toEqual([])
  })

  it('is not repeated when the plan is deleted after the panel acknowledged it', async () => {
    const panel = panelOf(api)
    const planId = await launch(database.knex)
    await panel.news()
    await turn(planId, 'CLOSED')
    await panel.news()
    await changed((trx) => deletePlan(trx, 'acme', planId, new Date()))
    expect(await panel.poll()).toEqual([])
  })

  it('is still sent when a panel acknowledges only what came before it', async () => {
    const panel = panelOf(api)
    const planId = await launch(database.knex)
    await panel.news()
    await turn(planId, 'CLOSED')
    await panel.poll()
    const later = await launch(database.knex)
    const acked = (await panel.poll()).at(-1)?.ack_id
    // deleted between that poll and its acknowledgement, so that the closure has a newer version
    await changed((trx) => deletePlan(trx, 'acme', planId, new Date()))
    expect(statuses(await panel.poll())).toEqual({ [ownId(later)]: 'OPEN', [ownId(planId)]: 'CLOSED' })
    await panel.ack(acked).expect(204)
    expect(statuses(await panel.poll())).toEqual({ [ownId(planId)]: 'CLOSED' })
  })

  it('is repeated under a new ack_id when the open plan’s ack_id was acknowledged', async () => {
    const panel = panelOf(api)
    const planId = await launch(database.knex)
    const [open] = await panel.poll()
    await setPlanStatus(database.knex, 'acme', planId, 'CLOSED', new Date())
    const unstamped = await panel.poll()
    expect(statuses(unstamped)).toEqual({ [ownId(planId)]: 'CLOSED' })
    expect(unstamped[0]?.ack_id).toBe(open?.ack_id)
    await panel.ack(open?.ack_id).expect(204)
    await stampRevisions(database.knex)
    expect(await panel.news()).toEqual({ [ownId(planId)]: 'CLOSED' })
    expect(await panel.poll()).toEqual([])
    expect(await database.knex('feed_deliveries')).toEqual([])
  })

  it('is repeated when the plan was over before it was closed and its ack_id acknowledged', async () => {
    const panel = panelOf(api)
    const finishDate = new Date(now.getTime() + 60_000).toISOString()
    const planId = await launch(database.knex, { finishDate })
    const [open] = await panel.poll()
    now = new Date(now.getTime() + 61_000)
    expect(statuses(await panel.poll())).toEqual({ [ownId(planId)]: 'CLOSED' })
    await panel.ack(open?.ack_id).expect(204)
    await turn(planId, 'CLOSED')
    expect(await panel.news()).toEqual({ [ownId(planId)]: 'CLOSED' })
    expect(await panel.poll()).toEqual([])
  })

  it('is followed by OPEN when the plan reopens', async () => {
    const panel = panelOf(api)
    const planId = await launch(database.knex)
    await panel.news()
    await turn(planId, 'CLOSED')
    await panel.news()
    await turn(planId, 'OPEN')
    expect(await panel.news()).toEqual({ [ownId(planId)]: 'OPEN' })
    await turn(planId, 'CLOSED')
    expect(await panel.news()).toEqual({ [ownId(planId)]: 'CLOSED' })
  })

  it('is sent again for a plan that reopened before its closure was acknowledged', async () => {
    const panel = panelOf(api)
    const planId = await launch(database.knex)
    await panel.news()
    await turn(planId, 'CLOSED')
    await panel.poll()
    await turn(planId, 'OPEN')
    expect(await panel.news()).toEqual({ [ownId(planId)]: 'OPEN' })
    await turn(planId, 'CLOSED')
    expect(await panel.news()).toEqual({ [ownId(planId)]: 'CLOSED' })
  })

  it('is sent for a plan that was only given as paused', async () => {
    const panel = panelOf(api)
    const planId = await launch(database.knex)
    await turn(planId, 'PAUSED')
    expect(await panel.news()).toEqual({ [ownId(planId)]: 'PAUSED' })
    await turn(planId, 'CLOSED')
    expect(await panel.news()).toEqual({ [ownId(planId)]: 'CLOSED' })
  })

  it('is sent to a panel that has used up its allocation', async () => {
    const planId = await launch(database.knex, { targetPanels: ['lifepoints', 'toplife'], targetCompletes: 10 })
    await panelOf(api, 'lifepoints').news()
    await panelOf(api, 'toplife').news()
    await changed((trx) =>
      writePolicy(trx, planId, { ...DEFAULT_POLICY, flexibilityPercent: 0, allocations: { toplife: 10 } }, new Date()),
    )
    expect(await panelOf(api, 'lifepoints').news()).toEqual({ [ownId(planId)]: 'CLOSED' })
    expect(await panelOf(api, 'toplife').news()).toEqual({ [ownId(planId)]: 'OPEN' })
  })

  it('is sent for an upstream survey that is withdrawn, unusable or over', async () => {
    const panel = panelOf(api)
    const surveys = ['gone', 'members', 'francs', 'no-way-in', 'over', 'stays'].map((providerSurveyId) =>
      aSurvey({ providerSurveyId }),
    )
    const [gone, members, francs, noWayIn, over, stays] = await offer(database.knex, 'kantar-us', ...surveys)
    expect(Object.keys(await panel.news())).toHaveLength(6)
    await withdraw(database.knex, 'kantar-us', 'gone')
    await offer(
      database.knex,
      'kantar-us',
      aSurvey({ providerSurveyId: 'members', membersOnly: true }),
      aSurvey({ providerSurveyId: 'francs', price: { amountMinor: 150n, currency: 'CHF' } }),
      aSurvey({ providerSurveyId: 'no-way-in', enterable: false }),
      aSurvey({ providerSurveyId: 'over', finishAt: new Date(now.getTime() - 1).toISOString() }),
      aSurvey({ providerSurveyId: 'stays', loiMinutes: 11 }),
    )
    expect(await panel.news()).toEqual({
      [gone ?? '']: 'CLOSED',
      [members ?? '']: 'CLOSED',
      [francs ?? '']: 'CLOSED',
      [noWayIn ?? '']: 'CLOSED',
      [over ?? '']: 'CLOSED',
      [stays ?? '']: 'OPEN',
    })
  })
})

describe('acknowledging', () => {
  it('never moves back, nor beyond what was given', async () => {
    const panel = panelOf(api)
    await launch(database.knex)
    const [given] = await panel.poll()
    const ackId = given?.ack_id ?? 0
    const beyond = await panel.ack(ackId + 1)
    expect(beyond.status).toBe(400)
    expect(beyond.body).toEqual({
      code: '400',
      message: '1 fault in the request',
      details: [{ constraint: 'exists', field: 'ack_id', message: expect.any(String) }],
    })
    expect(await panel.poll()).toEqual([given])

    const answer = await panel.ack(ackId)
    expect([answer.status, answer.text]).toEqual([204, ''])
    await panel.ack(ackId).expect(204)
    await panel.ack(ackId - 1).expect(204)
    await panel.ack(0).expect(204)
    expect(await panel.poll()).toEqual([])
  })

  it('refuses another panel’s id, and the id of a plan that the panel has not read yet', async () => {
    await launch(database.knex, { targetPanels: ['toplife'] })
    const [theirs] = await panelOf(api, 'toplife').poll()
    await panelOf(api, 'lifepoints').ack(theirs?.ack_id).expect(400)

    await launch(database.knex)
    await panelOf(api, 'lifepoints').poll()
    const unread = await launch(database.knex)
    const row = await database
      .knex('surveys')
      .where({ survey_id: ownId(unread) })
      .first('revision')
    await panelOf(api, 'lifepoints').ack(Number(row.revision)).expect(400)
    expect(Object.keys(await panelOf(api, 'lifepoints').news())).toHaveLength(2)
  })

  it.each([
    ['a negative id', { ack_id: -1 }, 'minimum'],
    ['a fraction', { ack_id: 1.5 }, 'type'],
    ['text', { ack_id: '1' }, 'type'],
    ['null', { ack_id: null }, 'type'],
    ['a list', { ack_id: [1] }, 'type'],
    ['nothing', {}, 'required'],
    ['an id beyond every integer', { ack_id: 1e300 }, 'maximum'],
  ])('refuses %s', async (_, body, constraint) => {
    const answer = await request(api.app).post('/surveys/ack').set('x-api-key', KEYS.lifepoints).send(body)
    expect(answer.status).toBe(400)
    expect(answer.body).toEqual({
      code: '400',
      message: expect.any(String),
      details: [{ constraint, field: 'ack_id', message: expect.any(String) }],
    })
  })

  it('refuses a body that is not JSON in the document’s format', async () => {
    const answer = await request(api.app)
      .post('/surveys/ack')
      .set('x-api-key', KEYS.lifepoints)
      .set('content-type', 'application/json')
      .send('{')
    expect(answer.status).toBe(400)
    expect(answer.body).toMatchObject({ code: '400', details: [{ field: '' }] })
  })
})

describe('the order of the feed', () => {
  it('skips no change of a transaction that stays open while others commit', async () => {
    const panel = panelOf(api)
    const slow = await database.knex.transaction()
    await upsertSurveys(slow, writerOf('toluna-us'), [offered(aSurvey({ providerSurveyId: 'slow' }))])
    const slowPlan = await database.knex.transaction()
    await insertPlan(slowPlan, { planId: 'plan_slow', demandPartner: 'acme', plan: aPlan() }, now)

    const [fast] = await offer(database.knex, 'kantar-us', aSurvey({ providerSurveyId: 'fast' }))
    expect(await panel.news()).toEqual({ [fast ?? '']: 'OPEN' })

    await slow.commit()
    await stampRevisions(database.knex)
    expect(await panel.news()).toEqual({ [surveyIdOf('toluna-us', 'slow')]: 'OPEN' })
    await slowPlan.commit()
    await stampRevisions(database.knex)
    expect(await panel.news()).toEqual({ [ownId('plan_slow')]: 'OPEN' })
  })

  it('gives every change to a panel that polls and acknowledges during many writes', async () => {
    const panel = panelOf(api)
    const seen = new Map<string, number>()
    const read = async () => {
      const updates = await panel.poll()
      for (const { survey_plan } of updates) seen.set(survey_plan.id, survey_plan.available_completes)
      const last = updates.at(-1)?.ack_id
      if (last !== undefined) await panel.ack(last).expect(204)
    }
    const writer = async (connection: 'kantar-us' | 'toluna-us' | 'purespectrum') => {
      for (let round = 1; round <= 15; round += 1) {
        const surveys = ['a', 'b', 'c'].map((id) => aSurvey({ providerSurveyId: id, availableCompletes: round }))
        await offer(database.knex, connection, ...surveys)
      }
    }
    let writing = true
    const reader = (async () => {
      while (writing) await read()
    })()
    await Promise.all([writer('kantar-us'), writer('toluna-us'), writer('purespectrum')])
    writing = false
    await reader
    await read()
    expect(seen.size).toBe(9)
    expect(new Set(seen.values())).toEqual(new Set([15]))
  })
})

describe('the connections of a panel', () => {
  it('limit its feed; a connection that is added later is read from the beginning', async () => {
    const [kantar] = await offer(database.knex, 'kantar-us', aSurvey({ providerSurveyId: 'k' }))
    const [toluna] = await offer(database.knex, 'toluna-us', aSurvey({ providerSurveyId: 't' }))
    const own = await launch(database.knex, { targetPanels: ['narrow'] })
    expect(await panelOf(api, 'narrow').news()).toEqual({ [kantar ?? '']: 'OPEN' })

    const wider = await startFeedApi(database, { narrow: ['kantar-us', 'toluna-us', 'gateway'] })
    expect(await panelOf(wider, 'narrow').news()).toEqual({
      [kantar ?? '']: 'OPEN',
      [toluna ?? '']: 'OPEN',
      [ownId(own)]: 'OPEN',
    })
    expect(await panelOf(wider, 'narrow').poll()).toEqual([])
    await wider.close()
  })

  it('may grow without losing a closure', async () => {
    const [kantar] = await offer(database.knex, 'kantar-us', aSurvey({ providerSurveyId: 'k' }))
    await panelOf(api, 'narrow').news()
    await withdraw(database.knex, 'kantar-us', 'k')
    const wider = await startFeedApi(database, { narrow: ['kantar-us', 'toluna-us'] })
    expect(await panelOf(wider, 'narrow').news()).toEqual({ [kantar ?? '']: 'CLOSED' })
    await wider.close()
  })

  it('do not give it surveys for one panelist or for invited members only', async () => {
    await offer(database.knex, 'dynata', aSurvey({ providerSurveyId: 'one-panelist' }))
    await offer(
      database.knex,
      'toluna-us',
      aSurvey({ providerSurveyId: 'recontact', membersOnly: true }),
      aSurvey({ providerSurveyId: 'yen', price: { amountMinor: 150n, currency: 'JPY' } }),
      aSurvey({ providerSurveyId: 'closed-door', enterable: false }),
    )
    expect(await panelOf(api).poll()).toEqual([])
  })
})
