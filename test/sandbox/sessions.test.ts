import { beforeEach, describe, expect, test } from 'vitest'
import type { Sandbox } from '../../sandbox/server.js'
import { OPEN_PLAN, openSession, planUrl, postJson, startSandbox } from './support.js'

const AGE = { question_id: 'age', qualifying_answers: ['16-24', '35-44'] }
const PETS = { question_id: 'pets', qualifying_answers: ['1', '2'] }
const QUOTA = { available_completes: 2, status: 'OPEN' as const }
const PLAN = {
  ...OPEN_PLAN,
  qualifications: [AGE],
  quotas: [
    { ...QUOTA, id: 'male', qualifications: [{ question_id: 'sex', qualifying_answers: ['male'] }] },
    { ...QUOTA, id: 'pets', qualifications: [PETS] },
    { ...QUOTA, id: 'full', available_completes: 0, qualifications: [] },
    { ...QUOTA, id: 'paused', status: 'PAUSED' as const, qualifications: [] },
  ],
}

let sandbox: Sandbox
beforeEach(async () => {
  sandbox = await startSandbox({ kantar: { plans: 0 } })
  sandbox.kantar.plans.put(PLAN)
})

const create = (body: unknown, planId = PLAN.id, panel?: string) => postJson(planUrl(sandbox, planId, panel), body)

describe('creating a session', () => {
  const profile = { age: 40, sex: 'male', pets: '1|2|4|7' }

  test.each<[string, object]>([
    ['everything', { target_quota_id: 'male', custom_panel_data: { internal_id: '213' }, panelist_profile: profile }],
    ['no profile at all', { target_quota_id: 'pets' }],
    ['an empty profile', { panelist_profile: {} }],
    ['a profile without what the plan asks', { panelist_profile: { sex: 'male' } }],
    ['the lower bound', { panelist_profile: { age: 16 } }],
    ['the upper bound of the second range', { panelist_profile: { age: 44 } }],
    ['one fitting answer of several', { target_quota_id: 'pets', panelist_profile: { pets: '8|2' } }],
    ['a female who fits another quota', { panelist_profile: { age: 40, sex: 'female', pets: '1' } }],
  ])('is allowed with %s', async (_name, body) => {
    const response = await create({ panelist_id: '123456', ...body })
    expect(response.status).toBe(200)
    const { url } = (await response.json()) as { url: string }
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/kantar\/router\/sessions\/start\/[0-9a-f]{32}$/)
  })

  test.each<[string, unknown, string, string]>([
    ['no panelist', {}, 'panelist_id', 'type'],
    ['a number as panelist', { panelist_id: 5 }, 'panelist_id', 'type'],
    ['no object', [], 'body', 'type'],
    ['a key of its own', { panelist_id: 'p', user_ip: '::1' }, 'user_ip', 'whitelist'],
    ['custom data that is a text', { panelist_id: 'p', custom_panel_data: 'x' }, 'custom_panel_data', 'type'],
    [
      'a list as answer',
      { panelist_id: 'p', panelist_profile: { pets: ['1'] } },
      'panelist_profile.pets',
      'invalid_union',
    ],
    ['an age in words', { panelist_id: 'p', panelist_profile: { age: '40' } }, 'panelist_profile.age', 'type'],
    ['an age beyond the limits', { panelist_id: 'p', panelist_profile: { age: 15 } }, 'panelist_profile.age', 'range'],
    ['a number as choice', { panelist_id: 'p', panelist_profile: { sex: 1 } }, 'panelist_profile.sex', 'type'],
    ['an unknown answer', { panelist_id: 'p', panelist_profile: { pets: '1|3' } }, 'panelist_profile.pets', 'isIn'],
    [
      'an exclusive answer in company',
      { panelist_id: 'p', panelist_profile: { pets: '5|2' } },
      'panelist_profile.pets',
      'exclusive',
    ],
    ['an answer twice', { panelist_id: 'p', panelist_profile: { pets: '2|2' } }, 'panelist_profile.pets', 'unique'],
    ['an unknown question', { panelist_id: 'p', panelist_profile: { shoe: '9' } }, 'panelist_profile.shoe', 'exists'],
    [
      'an age outside the ranges',
      { panelist_id: 'p', panelist_profile: { age: 30 } },
      'panelist_profile.age',
      'qualifies',
    ],
    [
      'the wrong quota',
      { panelist_id: 'p', target_quota_id: 'male', panelist_profile: { sex: 'female' } },
      'panelist_profile.sex',
      'qualifies',
    ],
    ['an unknown quota', { panelist_id: 'p', target_quota_id: 'x' }, 'target_quota_id', 'exists'],
    ['a full quota', { panelist_id: 'p', target_quota_id: 'full' }, 'target_quota_id', 'available'],
    ['a paused quota', { panelist_id: 'p', target_quota_id: 'paused' }, 'target_quota_id', 'open'],
    [
      'no quota that fits',
      { panelist_id: 'p', panelist_profile: { sex: 'female', pets: '8' } },
      'target_quota_id',
      'qualifies',
    ],
  ])('is refused with %s', async (_name, body, field, constraint) => {
    const response = await create(body)
    expect(response.status).toBe(400)
    const refusal = (await response.json()) as { details: { field: string }[] }
    expect(refusal).toMatchObject({ code: '400', message: expect.any(String) })
    expect(refusal.details.find((detail) => detail.field === field)).toEqual({
      constraint,
      field,
      message: expect.any(String),
    })
    expect(sandbox.kantar.sessions.size).toBe(0)
  })

  test('names every bad field in one answer', async () => {
    const response = await create({ target_quota_id: 4, custom_panel_data: null })
    const { details } = (await response.json()) as { details: { field: string }[] }
    expect(details.map(({ field }) => field).sort()).toEqual(['custom_panel_data', 'panelist_id', 'target_quota_id'])
  })

  test.each([
    ['closed', { status: 'CLOSED' as const }],
    ['paused', { status: 'PAUSED' as const }],
    ['full', { available_completes: 0 }],
  ])('is refused for a plan that is %s', async (_name, fields) => {
    sandbox.kantar.plans.change(PLAN.id, fields)
    expect((await create({ panelist_id: 'p' })).status).toBe(400)
  })

  test('is refused for another panel, an unknown token, no session URL, and a wrong key', async () => {
    expect((await create({ panelist_id: 'p' }, PLAN.id, 'toplife')).status).toBe(400)
    const url = planUrl(sandbox, PLAN.id)
    expect((await postJson(`${url}0`, { panelist_id: 'p' })).status).toBe(400)
    sandbox.kantar.plans.put(PLAN, { enterable: false })
    expect((await create({ panelist_id: 'p' })).status).toBe(400)
    expect((await postJson(url, { panelist_id: 'p' }, { 'x-api-key': 'x' })).status).toBe(401)
  })

  test('is refused when the body is not JSON, in the document’s format', async () => {
    const headers = { 'x-api-key': 'kantar-sandbox-key', 'content-type': 'application/json' }
    const response = await fetch(planUrl(sandbox, PLAN.id), { method: 'POST', headers, body: '{"panelist_id":' })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ code: '400', success: false })
  })

  test('without a target counts against the first open quota that fits', async () => {
    await openSession(sandbox, { panelist_profile: { sex: 'female', pets: '1' } })
    expect(sandbox.kantar.sessions.all()[0]).toMatchObject({ quotaId: 'pets', planId: PLAN.id, panelistId: 'p-1' })
  })
})
