import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkInvariants } from '../../db/invariants/check.js'
import { persist, type Story, startStory } from '../support/story.js'

const BUYER = { 'x-api-key': 'dk_story' }
const PLATFORM = { 'x-api-key': 'pk_story' }
const PANELS = `demand_partners: [{ id: acme, api_key: dk_story, buyer_id: 145, templates: true }]
survey_platforms: [{ id: DECIPHER, api_key: pk_story }]`

let story: Story

beforeAll(async () => {
  story = await startStory({ sessions: PANELS })
}, 300_000)
afterAll(() => story.close(), 180_000)

const plan = (given: object = {}) => ({
  survey_id: 'demand-survey-plan-id',
  country: 'USA',
  locale: 'en-US',
  survey_url: 'https://survey-platform.example/survey/e9790abf?who=((PANELIST_ID))',
  type: 'interview',
  estimated_loi: 5,
  estimated_cr: 25,
  estimated_ir: 80,
  target_completes: 2,
  survey_platform: 'Decipher',
  target_panels: [{ name: 'lifepoints' }],
  pricing: { cpi: 150, unit: 'fractional', currency: 'USD' },
  quotas: [
    {
      id: 'young',
      qualifications: [{ question_id: 'age', qualifying_answers: [{ start: 16, end: 21 }] }],
      pricing: { cpi: 2, unit: 'main', currency: 'USD' },
    },
  ],
  qualifications: [{ question_id: 'sex', qualifying_answers: ['male', 'female'] }],
  ...given,
})

interface Update {
  readonly ack_id: number
  readonly survey_session_creation_url: string
  readonly survey_plan: { readonly id: string; readonly status: string; readonly group_id?: string }
}

/** A buyer launches a plan, and the panel finds it in its feed. @returns its id and session creation URL */
async function launch(groupId: string, given: object = {}, policy: object | null = null) {
  const created = await story.call('POST', '/survey-plan', plan({ group_id: groupId, ...given }), BUYER)
  expect(created.status).toBe(201)
  const planId = String(created.body.id)
  if (policy !== null) expect((await story.call('PUT', `/v1/plans/${planId}/policy`, policy, BUYER)).status).toBe(200)
  const update = await persist('the plan in the feed', async () => await fed(groupId))
  return { planId, creationUrl: update.survey_session_creation_url, surveyId: update.survey_plan.id }
}

async function fed(groupId: string): Promise<Update | null> {
  const updates = JSON.parse((await story.call('GET', '/surveys')).text) as Update[]
  return updates.find((update) => update.survey_plan.group_id === groupId) ?? null
}

/** The panel sends a panelist in. @returns the session's token from the survey's address */
async function sendIn(creationUrl: string, panelistId: string): Promise<string> {
  const body = {
    panelist_id: panelistId,
    target_quota_id: 'young',
    custom_panel_data: { click: `c-${panelistId}` },
    panelist_profile: { age: 18, sex: 'female', pets: '1|2' },
  }
  const created = await story.call('POST', creationUrl, body)
  expect(created.status).toBe(200)
  const start = await story.call('GET', String(created.body.url))
  expect(start.status).toBe(302)
  const survey = new URL(start.location)
  expect(survey.searchParams.get('who')).toBe(panelistId)
  return survey.searchParams.get('t') ?? ''
}

async function claimsOf(location: string): Promise<Record<string, unknown>> {
  const keys = (await story.call('GET', '/.well-known/jwks.json')).body as unknown as JSONWebKeySet
  const token = new URL(location).searchParams.get('token') ?? ''
  const { payload } = await jwtVerify(token, createLocalJWKSet(keys), { issuer: story.apiUrl, audience: 'lifepoints' })
  // a token with changed characters does not verify
  const forged = `${token.slice(0, -4)}${token.endsWith('AAAA') ? 'BBBB' : 'AAAA'}`
  await expect(jwtVerify(forged, createLocalJWKSet(keys))).rejects.toThrow()
  return payload
}

const toldOf = (sessionId: string) => story.told.filter((one) => one.sessionId === sessionId)

describe('a survey plan, from the buyer to the money', () => {
  it('is fielded by a panel and an integrated survey platform', async () => {
    const { planId, creationUrl, surveyId } = await launch('integrated')
    expect(surveyId).not.toBe(planId)
    const token = await sendIn(creationUrl, 'person-1')
    const session = await story.call('GET', `/sessions/${token}`, undefined, PLATFORM)
    expect(session.body).toMatchObject({
      survey_platform_id: 'DECIPHER',
      survey_id: 'demand-survey-plan-id',
      supplier_id: 'LIFEPOINTS',
      panelist_id: 'person-1',
      custom_panel_data: { click: 'c-person-1' },
      panelist_profile: { age: 18, sex: 'female', pets: '1|2' },
    })
    const sessionId = String(session.body.session_id)
    const outcome = { session_id: sessionId, outcome: 'COMPLETED', metadata: { timestamp: '2021-01-01T00:00:00Z' } }
    const told = await story.call('POST', '/panelist-outcome', outcome, PLATFORM)
    expect(told.status).toBe(200)
    const home = await story.call('GET', String(told.body.redirect_url))
    expect(home.status).toBe(302)
    expect(await claimsOf(home.location)).toMatchObject({
      session_id: sessionId,
      outcome: 'COMPLETED',
      provider: 'gateway',
      survey_id: surveyId,
      grade: 'E2',
      payable: true,
      reward: { amount: 100, currency: 'points' },
    })
    await persist('the postback', async () => (toldOf(sessionId).length === 1 ? true : null))
    expect(toldOf(sessionId)[0]).toMatchObject({ type: 'session.outcome', outcome: 'COMPLETED' })
    const csv = await story.operator('/v1/finance/completes.csv')
    expect(csv.split('\n').find((line) => line.startsWith(sessionId))).toContain(',2.00,USD')

    const read = await story.call('GET', `/survey-plans/${planId}`, undefined, BUYER)
    expect(read.body).toMatchObject({
      available_completes: { survey: 1 },
      survey_performance: { completes: 1, failures: 0, status_metrics: { lifepoints: { COMPLETED: 1 } } },
    })
  })

  it('closes when it is filled, also in the feed', async () => {
    const { planId, creationUrl } = await launch('filled', { target_completes: 1 })
    const token = await sendIn(creationUrl, 'person-2')
    const refused = await story.call('POST', creationUrl, {
      panelist_id: 'person-3',
      panelist_profile: { age: 18, sex: 'male' },
    })
    expect([refused.status, refused.body.code]).toEqual([400, '400'])
    await story.call('POST', '/panelist-outcome', { session_id: token, outcome: 'COMPLETED' }, PLATFORM)
    const closed = await persist('the closed plan', async () => {
      const update = await fed('filled')
      return update?.survey_plan.status === 'CLOSED' ? update : null
    })
    expect(closed.survey_plan.status).toBe('CLOSED')
    const read = await story.call('GET', `/survey-plans/${planId}`, undefined, BUYER)
    expect(read.body).toMatchObject({ survey_plan: { status: 'CLOSED' }, available_completes: { survey: 0 } })
  })

  it('of a non-integrated platform is provisional, and payable where the buyer accepts it', async () => {
    const platform = { survey_platform: 'NON_INTEGRATED_SURVEY_PLATFORM' }
    const believed = async (name: string, policy: object | null) => {
      const { creationUrl } = await launch(name, platform, policy)
      const token = await sendIn(creationUrl, `person-${name}`)
      expect((await story.call('GET', `/sessions/${token}`, undefined, PLATFORM)).status).toBe(400)
      const home = await story.call('GET', `/panelist-outcome/completed?t=${token}`)
      expect(home.status).toBe(302)
      const claims = await claimsOf(home.location)
      await persist('the postback', async () => (toldOf(String(claims.session_id)).length === 1 ? true : null))
      return claims
    }
    expect(await believed('unsigned', null)).toMatchObject({ grade: 'E0', provisional: true, payable: false })
    expect(await believed('accepted', { accept_unsigned: true })).toMatchObject({
      grade: 'E0',
      provisional: false,
      payable: true,
      reward: { amount: 100 },
    })
  })

  it('is deleted once it is closed and has no sessions in progress', async () => {
    const { planId, creationUrl } = await launch('deleted')
    const token = await sendIn(creationUrl, 'person-4')
    const remove = () => story.call('DELETE', `/survey-plans/${planId}`, undefined, BUYER)
    expect((await remove()).status).toBe(400)
    await story.call('PATCH', `/survey-plans/${planId}`, { status: 'CLOSED' }, BUYER)
    expect((await remove()).status).toBe(400)
    // the session in progress still gets an outcome
    const told = await story.call('POST', '/panelist-outcome', { session_id: token, outcome: 'TERMINATED' }, PLATFORM)
    expect(told.status).toBe(200)
    expect((await remove()).status).toBe(204)
    expect((await story.call('GET', String(told.body.redirect_url))).status).toBe(302)
    expect((await story.call('POST', creationUrl, { panelist_id: 'person-5' })).status).toBe(400)
  })

  it('breaks no invariant', async () => {
    expect(await checkInvariants(story.database.knex)).toEqual([])
  })
})
