import { randomUUID } from 'node:crypto'
import { createLocalJWKSet, jwtVerify } from 'jose'
import request from 'supertest'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { expireSession } from '../../commands/sessions/expire-session.js'
import { OUTCOMES } from '../../domain/outcome.js'
import type { PlanPolicy, SurveyPlan } from '../../domain/plan/survey-plan.js'
import { SOON } from '../support/patience.js'
import { as, KEYS, type Key, type RouterApi, startRouterApi, visit } from '../support/router-api.js'

const NON_INTEGRATED = { surveyPlatform: 'NON_INTEGRATED_SURVEY_PLATFORM' }
const MINUTE = 60_000

let api: RouterApi
let people = 0

beforeAll(async () => {
  api = await startRouterApi()
})
afterAll(() => api.close())
afterEach(() => {
  api.skew = 0
})

interface Inside {
  readonly planId: string
  readonly panelistId: string
  readonly sessionId: string
  readonly token: string
}

/** A respondent in a survey of a new plan. */
async function inside(
  plan: Partial<SurveyPlan> = {},
  policy: Partial<PlanPolicy> = {},
  body: object = {},
): Promise<Inside> {
  return enter(await api.launch(plan, policy), body)
}

async function enter(planId: string, body: object = {}): Promise<Inside> {
  const panelistId = `p-${++people}`
  const created = await as(api, 'lifepoints').post(api.creationPath(planId), { panelist_id: panelistId, ...body })
  expect(created.status).toBe(200)
  const survey = await visit(api, created.body.url)
  const token = new URL(survey.headers.location ?? '').searchParams.get('t') ?? ''
  const row = await api.database.knex('sessions').where({ panelist_id: panelistId }).first()
  return { planId, panelistId, sessionId: row.session_id, token }
}

const read = (token: string, key: Key = 'decipher') => as(api, key).get(`/sessions/${token}`)
const tell = (sessionId: string, outcome: unknown, key: Key = 'decipher', more: object = {}) =>
  as(api, key).post('/panelist-outcome', { session_id: sessionId, outcome, ...more })
const rowOf = (sessionId: string) => api.database.knex('sessions').where({ session_id: sessionId }).first()
const claimsOf = (sessionId: string) =>
  api.database.knex('outcome_claims').where({ session_id: sessionId }).orderBy('sequence')
const faultsOf = ({ body }: { body: { details?: { constraint: string; field: string }[] } }) =>
  (body.details ?? []).map(({ constraint, field }) => `${constraint} ${field}`)

/** The redirect's address, and the claims of our signed token to the panel. */
async function home(location: string | undefined) {
  const url = new URL(location ?? '')
  const keys = (await request(api.app).get('/.well-known/jwks.json')).body
  const { payload } = await jwtVerify(url.searchParams.get('token') ?? '', createLocalJWKSet(keys), {
    issuer: 'http://tributary.example',
    audience: 'lifepoints',
    currentDate: new Date(Date.now() + api.skew),
  })
  url.searchParams.delete('token')
  return { at: url.href, claims: payload }
}

describe('a survey platform', () => {
  test('reads its session as in the seed', async () => {
    const profile = { age: 55, sex: 'female', pets: '1|2|4|7' }
    const { token, panelistId, sessionId } = await inside(
      { surveyUrl: 'https://s.example/survey?a=((COUNTRY))' },
      {},
      {
        custom_panel_data: { internal_id: '213' },
        panelist_profile: profile,
      },
    )
    const answer = await read(token)
    expect(answer.status).toBe(200)
    expect(answer.body).toEqual({
      session_id: sessionId,
      survey_platform_id: 'DECIPHER',
      survey_id: 'demand-survey-plan-id',
      survey_url: 'https://s.example/survey?a=((COUNTRY))',
      supplier_id: 'LIFEPOINTS',
      custom_panel_data: { internal_id: '213' },
      panelist_id: panelistId,
      panelist_profile: profile,
    })
    expect(token).not.toBe(sessionId)
  })

  test('gets only what was given, and no profile once the session ended', async () => {
    const plain = await inside()
    const { body } = await read(plain.token)
    expect(Object.keys(body).sort()).toEqual([
      'panelist_id',
      'session_id',
      'supplier_id',
      'survey_id',
      'survey_platform_id',
      'survey_url',
    ])
    const told = await inside({}, {}, { panelist_profile: { age: 20 } })
    await tell(told.sessionId, 'TERMINATED')
    expect((await read(told.token)).body).not.toHaveProperty('panelist_profile')
  })

  test('gets the same 400 for another platform’s session as for an unknown one', async () => {
    const own = await inside()
    const free = await inside(NON_INTEGRATED)
    for (const token of [own.token, 'x'.repeat(32), randomUUID(), own.sessionId]) {
      const answer = await read(token, 'confirmit')
      expect([answer.status, ...faultsOf(answer)]).toEqual([400, 'exists token'])
    }
    // the session id is for the outcome; the address carries the token
    expect((await read(own.sessionId)).status).toBe(400)
    expect((await read(free.token)).status).toBe(400)
    for (const id of [own.token, own.sessionId, free.token, free.sessionId, randomUUID(), 'nobody', 'a b']) {
      const answer = await tell(id, 'COMPLETED', 'confirmit')
      expect([answer.status, ...faultsOf(answer)]).toEqual([400, 'exists session_id'])
    }
    expect((await rowOf(own.sessionId)).outcome).toBeNull()
    const other = await inside({ surveyPlatform: 'Confirmit' })
    expect((await read(other.token, 'confirmit')).status).toBe(200)
  })

  test.each(OUTCOMES)('reports %s, and its browser is redirected home with it', async (outcome) => {
    const { sessionId } = await inside()
    const answer = await tell(sessionId, outcome, 'decipher', { metadata: { timestamp: '2021-01-01T00:00:00Z' } })
    expect(answer.status).toBe(200)
    expect(answer.body).toEqual({
      redirect_url: expect.stringMatching(/^http:\/\/tributary\.example\/sessions\/finish\/[\w-]{32}$/),
    })
    expect(await rowOf(sessionId)).toMatchObject({ state: 'finished', outcome, grade: 'E2', needs_review: false })
    const back = await visit(api, answer.body.redirect_url)
    expect([back.status, back.headers['cache-control']]).toEqual([302, 'no-store'])
    const { at, claims } = await home(back.headers.location)
    const completed = outcome === 'COMPLETED'
    expect(at).toBe(
      completed
        ? 'https://lifepoints.example/thanks'
        : outcome === 'QUOTA_FULL'
          ? 'https://lifepoints.example/full'
          : 'https://lifepoints.example/done?from=survey',
    )
    expect(claims).toMatchObject({
      session_id: sessionId,
      outcome,
      provider: 'gateway',
      connection: 'gateway',
      grade: 'E2',
      provisional: false,
      payable: completed,
      reward: { amount: completed ? 75 : outcome === 'SCREENED_OUT' ? 5 : 0, currency: 'points' },
    })
  })

  test('triggers the booking of the outcome', async () => {
    const { sessionId } = await inside()
    await tell(sessionId, 'COMPLETED')
    const booked = () => api.database.knex('session_outcomes').where({ session_id: sessionId })
    await expect.poll(async () => (await booked()).length, SOON).toBe(1)
    expect((await booked())[0]).toMatchObject({ outcome: 'COMPLETED', payable: true })
  })

  test('may report by the token too', async () => {
    const { token, sessionId } = await inside()
    expect((await tell(token, 'COMPLETED')).status).toBe(200)
    expect((await rowOf(sessionId)).outcome).toBe('COMPLETED')
  })

  test('may repeat the outcome: the same address, one claim, one complete', async () => {
    const { sessionId, planId } = await inside()
    const answers = await Promise.all(Array.from({ length: 10 }, () => tell(sessionId, 'COMPLETED')))
    expect(new Set(answers.map(({ status, body }) => `${status} ${body.redirect_url}`)).size).toBe(1)
    expect(await claimsOf(sessionId)).toHaveLength(1)
    expect((await api.database.knex('survey_plans').where({ plan_id: planId }).first()).completes).toBe(1)
  })

  test.each([
    ['COMPLETED', 'TERMINATED'],
    ['COMPLETED', 'REJECTED'],
    ['TERMINATED', 'COMPLETED'],
    ['TIMEOUT', 'COMPLETED'],
  ])('that reports %s and then %s gets the same answer, and the second changes nothing', async (one, other) => {
    const { sessionId, planId } = await inside()
    const first = await tell(sessionId, one)
    const second = await tell(sessionId, other)
    expect([second.status, second.body]).toEqual([200, first.body])
    expect(await rowOf(sessionId)).toMatchObject({
      outcome: one,
      payable: one === 'COMPLETED',
      reversed: false,
      needs_review: true,
    })
    expect((await claimsOf(sessionId)).map(({ outcome, effect }) => [outcome, effect])).toEqual([
      [one, 'finish'],
      [other, 'review'],
    ])
    const { completes } = await api.database.knex('survey_plans').where({ plan_id: planId }).first()
    expect(completes).toBe(one === 'COMPLETED' ? 1 : 0)
    expect((await home((await visit(api, first.body.redirect_url)).headers.location)).claims.outcome).toBe(one)
    // a repeat of the first outcome adds no claim
    await tell(sessionId, one)
    expect(await claimsOf(sessionId)).toHaveLength(2)
  })

  test('that reports every outcome at the same time ends the session once', async () => {
    const { sessionId } = await inside()
    await Promise.all([...OUTCOMES, ...OUTCOMES].map((outcome) => tell(sessionId, outcome)))
    const claims = await claimsOf(sessionId)
    expect(claims).toHaveLength(OUTCOMES.length)
    expect(claims.filter(({ effect }) => effect === 'finish')).toHaveLength(1)
    expect((await rowOf(sessionId)).outcome).toBe(claims[0].outcome)
  })

  test('may complete after our own timeout, and is paid while there is room', async () => {
    const { sessionId } = await inside()
    await expireSession(api.database.knex, sessionId, new Date(Date.now() + 25 * 60 * MINUTE))
    expect((await rowOf(sessionId)).outcome).toBe('TIMEOUT')
    await tell(sessionId, 'COMPLETED')
    expect(await rowOf(sessionId)).toMatchObject({ outcome: 'COMPLETED', payable: true })
  })

  test('may complete beyond the target: unpaid, and the panel gets the reason', async () => {
    const planId = await api.launch({ targetCompletes: 1 })
    const slow = await enter(planId)
    // the slot is held for at most half an hour
    api.skew = 31 * MINUTE
    const quick = await enter(planId)
    await tell(quick.sessionId, 'COMPLETED')
    const { body } = await tell(slow.sessionId, 'COMPLETED')
    const { claims } = await home((await visit(api, body.redirect_url)).headers.location)
    expect(claims).toMatchObject({ outcome: 'COMPLETED', payable: false, reason: 'over_quota', reward: { amount: 0 } })
    const session = await as(api, 'lifepoints').get(`/v1/sessions/${slow.sessionId}`)
    expect(session.body).toMatchObject({ outcome: 'COMPLETED', payable: false, reason: 'over_quota' })
    const listed = (await as(api, 'lifepoints').get(`/v1/sessions?panelist_id=${quick.panelistId}`)).body.sessions
    expect(listed[0]).toMatchObject({ payable: true })
    expect(listed[0]).not.toHaveProperty('reason')
  })

  test.each<[string, object, string[]]>([
    ['a ninth word', { outcome: 'FINISHED' }, ['enum outcome']],
    ['one in lower case', { outcome: 'completed' }, ['enum outcome']],
    ['no word', {}, ['required outcome']],
    ['a number for a word', { outcome: 5 }, ['enum outcome']],
    ['no session', { session_id: undefined, outcome: 'ERROR' }, ['required session_id']],
    ['unknown members', { outcome: 'ERROR', reason: 'x' }, ['unknown reason']],
    ['metadata that is text', { outcome: 'ERROR', metadata: 'x' }, ['type metadata']],
    ['too much of it', { outcome: 'ERROR', metadata: { x: 'y'.repeat(9_000) } }, ['format metadata']],
  ])('with %s gets 400 with the fault, and nothing changes', async (_name, body, faults) => {
    const { sessionId } = await inside()
    const answer = await as(api, 'decipher').post('/panelist-outcome', { session_id: sessionId, ...body })
    expect([answer.status, ...faultsOf(answer)]).toEqual([400, ...faults])
    expect(answer.body.code).toBe('400')
    expect(await claimsOf(sessionId)).toHaveLength(0)
  })

  test('needs a key of its own kind', async () => {
    const { token, sessionId } = await inside()
    for (const key of ['lifepoints', 'acme', 'ops'] as const) {
      expect((await read(token, key)).status).toBe(401)
      expect((await tell(sessionId, 'COMPLETED', key)).status).toBe(401)
    }
    const bare = await request(api.app).get(`/sessions/${token}`)
    expect([bare.status, bare.body]).toEqual([401, { code: '401', message: expect.any(String), success: false }])
    const bearer = await request(api.app).get(`/sessions/${token}`).set('Authorization', `Bearer ${KEYS.decipher}`)
    expect(bearer.status).toBe(200)
  })
})

describe('the browser of a non-integrated platform', () => {
  test.each(OUTCOMES)('reports %s in any case, and is redirected home immediately', async (outcome) => {
    const { token, sessionId } = await inside(NON_INTEGRATED)
    const back = await visit(api, `/panelist-outcome/${outcome.toLowerCase()}?t=${token}`)
    expect(back.status).toBe(302)
    const { claims } = await home(back.headers.location)
    const completed = outcome === 'COMPLETED'
    expect(claims).toMatchObject({
      session_id: sessionId,
      outcome,
      grade: 'E0',
      provisional: completed,
      payable: false,
    })
    expect(await rowOf(sessionId)).toMatchObject({ state: 'finished', outcome, provisional: completed })
  })

  test('is paid where the buyer accepts unsigned outcomes, and counts as a complete only then', async () => {
    const counted = async (acceptUnsigned: boolean) => {
      const { token, planId } = await inside(NON_INTEGRATED, { acceptUnsigned })
      // the same parameter twice, and one that is not read, are no ambiguity
      const back = await visit(api, `/panelist-outcome/Completed?t=${token}&lang=en&lang=de&t=${token}`)
      const { claims } = await home(back.headers.location)
      const { completes } = await api.database.knex('survey_plans').where({ plan_id: planId }).first()
      return { payable: claims.payable, provisional: claims.provisional, completes }
    }
    expect(await counted(true)).toEqual({ payable: true, provisional: false, completes: 1 })
    expect(await counted(false)).toEqual({ payable: false, provisional: true, completes: 0 })
  })

  test('gets the same outcome with a fresh token again, also with another word', async () => {
    const { token, sessionId } = await inside(NON_INTEGRATED, { acceptUnsigned: true })
    const go = async (word: string) => home((await visit(api, `/panelist-outcome/${word}?t=${token}`)).headers.location)
    const first = await go('completed')
    const second = await go('COMPLETED')
    expect(second.claims.outcome).toBe('COMPLETED')
    expect(second.claims.jti).not.toBe(first.claims.jti)
    expect((await go('rejected')).claims).toMatchObject({ outcome: 'COMPLETED', payable: true })
    expect(await rowOf(sessionId)).toMatchObject({ outcome: 'COMPLETED', payable: true })
    expect(await claimsOf(sessionId)).toHaveLength(2)
  })

  test('changes nothing when a scanner sends HEAD', async () => {
    const { token, sessionId } = await inside(NON_INTEGRATED)
    expect((await request(api.app).head(`/panelist-outcome/completed?t=${token}`)).status).toBe(200)
    expect(await claimsOf(sessionId)).toHaveLength(0)
  })

  test.each<[string, (token: string) => string, number]>([
    ['a word that is none of the eight', (token) => `/panelist-outcome/finished?t=${token}`, 400],
    ['no session', () => '/panelist-outcome/completed', 400],
    ['an empty one', () => '/panelist-outcome/completed?t=', 400],
    ['two that differ', (token) => `/panelist-outcome/completed?t=${token}&t=${token}x`, 400],
    ['an unknown one', () => `/panelist-outcome/completed?t=${'x'.repeat(32)}`, 404],
    ['one with a NUL', () => '/panelist-outcome/completed?t=%00', 404],
  ])('with %s sees a plain page', async (_name, path, status) => {
    const { token, sessionId } = await inside(NON_INTEGRATED)
    const answer = await visit(api, path(token))
    expect([answer.status, answer.type]).toEqual([status, 'text/html'])
    expect(answer.text).not.toContain(token)
    expect(await claimsOf(sessionId)).toHaveLength(0)
  })

  test('is 400 for a plan of an integrated platform', async () => {
    const { token, sessionId } = await inside()
    expect((await visit(api, `/panelist-outcome/completed?t=${token}`)).status).toBe(400)
    expect(await rowOf(sessionId)).toMatchObject({ state: 'entered', outcome: null })
  })
})

describe('the finish link', () => {
  test('is a plain page before the outcome, and when it is unknown', async () => {
    const { sessionId } = await inside()
    const own = await api.database.knex('plan_sessions').where({ session_id: sessionId }).first()
    const early = await visit(api, `/sessions/finish/${own.finish_token}`)
    expect([early.status, early.type]).toEqual([409, 'text/html'])
    for (const token of ['nobody', '%00', 'x'.repeat(500), sessionId]) {
      expect((await visit(api, `/sessions/finish/${token}`)).status).toBe(404)
    }
  })

  test('gives a fresh token each time, valid for 15 minutes', async () => {
    const { sessionId } = await inside()
    const { body } = await tell(sessionId, 'COMPLETED')
    const links = await Promise.all([1, 2].map(() => visit(api, body.redirect_url)))
    const [one, two] = await Promise.all(links.map(({ headers }) => home(headers.location)))
    expect(one?.claims.jti).not.toBe(two?.claims.jti)
    expect(Number(one?.claims.exp) - Number(one?.claims.iat)).toBeLessThanOrEqual(15 * 60)
    api.skew = 16 * MINUTE
    await expect(home(links[0]?.headers.location)).rejects.toThrow(/exp/)
  })
})

test('a respondent who left is redirected home from the start link once the outcome is known', async () => {
  const { sessionId } = await inside({ resumeAllowed: false })
  const { entry_token } = await rowOf(sessionId)
  expect((await visit(api, `/sessions/start/${entry_token}`)).status).toBe(409)
  await tell(sessionId, 'SCREENED_OUT')
  const back = await visit(api, `/sessions/start/${entry_token}`)
  expect((await home(back.headers.location)).claims.outcome).toBe('SCREENED_OUT')
})

test('sixty entries at the same time for ten completes: ten enter, ten are paid', async () => {
  const planId = await api.launch({
    targetCompletes: 10,
    quotas: [{ id: 'q', qualifications: [], targetCompletes: 10 }],
  })
  const path = api.creationPath(planId)
  const links = await Promise.all(
    Array.from({ length: 60 }, async (_, at) => {
      const created = await as(api, 'lifepoints').post(path, { panelist_id: `crowd-${at}` })
      return created.body.url as string
    }),
  )
  const clicks = await Promise.all(links.map((link) => visit(api, link)))
  const surveys = clicks.map(({ headers }) => new URL(headers.location ?? ''))
  const inside = surveys.filter(({ host }) => host === 'survey-platform.example')
  expect(inside).toHaveLength(10)
  expect(surveys.filter(({ pathname }) => pathname === '/full')).toHaveLength(50)
  await Promise.all(inside.map((survey) => tell(survey.searchParams.get('t') ?? '', 'COMPLETED').expect(200)))
  const sessions = await api.database.knex('sessions').where({ provider_survey_id: planId })
  expect(sessions.filter(({ payable }) => payable)).toHaveLength(10)
  expect(await api.database.knex('survey_plans').where({ plan_id: planId }).first()).toMatchObject({
    completes: 10,
    status: 'CLOSED',
  })
}, 240_000)
