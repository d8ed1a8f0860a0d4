import request from 'supertest'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { recordClaim } from '../../commands/sessions/record-claim.js'
import { enter, planSession } from '../support/plans.js'
import { aClaim, DAY, later, MINUTE } from '../support/sessions.js'
import { buyerOf, type DemandApi, PANEL_KEY, startDemandApi } from './demand-support.js'

let api: DemandApi
let acme: ReturnType<typeof buyerOf>
beforeAll(async () => {
  api = await startDemandApi()
  acme = buyerOf(api)
})
afterAll(() => api.close())

const DEFAULTS = { overage: 0, accept_unsigned: false, flexibility_percent: 100, allocations: {}, soft_launch: null }
const BOTH = { target_panels: [{ name: 'lifepoints' }, { name: 'OpinionBar' }], quotas: [] }

async function complete(planId: string, quotas: string[] = []): Promise<void> {
  const session = await planSession(api.knex, planId, quotas)
  await enter(api.knex, session)
  await recordClaim(api.knex, session.session_id, aClaim('COMPLETED', { grade: 'E2' }), later(5 * MINUTE))
}

describe('a policy', () => {
  test('has the defaults until it is put', async () => {
    const id = await acme.launch()
    const { status, body } = await acme.get(`/v1/plans/${id}/policy`)
    expect({ status, body }).toEqual({ status: 200, body: DEFAULTS })
  })

  test('is merged: absent fields stay, allocations merge by panel, null removes', async () => {
    const id = await acme.launch(BOTH)
    const path = `/v1/plans/${id}/policy`
    const steps: [object, object][] = [
      [{}, DEFAULTS],
      [{ overage: 5 }, { ...DEFAULTS, overage: 5 }],
      [
        { accept_unsigned: true, flexibility_percent: 25 },
        { ...DEFAULTS, overage: 5, accept_unsigned: true, flexibility_percent: 25 },
      ],
      [
        { allocations: { LIFEPOINTS: 10 }, overage: 0, accept_unsigned: false },
        { ...DEFAULTS, flexibility_percent: 25, allocations: { lifepoints: 10 } },
      ],
      [
        { allocations: { opinionbar: 20 } },
        { ...DEFAULTS, flexibility_percent: 25, allocations: { lifepoints: 10, OpinionBar: 20 } },
      ],
      [
        { allocations: { lifepoints: null } },
        { ...DEFAULTS, flexibility_percent: 25, allocations: { OpinionBar: 20 } },
      ],
      [
        { soft_launch: { completes: 3, pause: '2h' }, allocations: { OpinionBar: null } },
        { ...DEFAULTS, flexibility_percent: 25, soft_launch: { completes: 3, pause: '2h' } },
      ],
      [{ flexibility_percent: 100 }, { ...DEFAULTS, soft_launch: { completes: 3, pause: '2h' } }],
      [{ soft_launch: null }, DEFAULTS],
    ]
    for (const [change, wanted] of steps) {
      const put = await acme.put(path, change)
      expect({ change, status: put.status, body: put.body }).toEqual({ change, status: 200, body: wanted })
      expect((await acme.get(path)).body).toEqual(wanted)
    }
  })

  test.each<[object, string[]]>([
    [{ overage: -1 }, ['overage']],
    [{ overage: 1.5 }, ['overage']],
    [{ overage: '5' }, ['overage']],
    [{ accept_unsigned: 'yes' }, ['accept_unsigned']],
    [{ flexibility_percent: 101 }, ['flexibility_percent']],
    [{ flexibility_percent: 12.5 }, ['flexibility_percent']],
    [{ allocations: { nobody: 3 } }, ['allocations.nobody']],
    [{ allocations: { lifepoints: -1 } }, ['allocations.lifepoints']],
    [{ allocations: { lifepoints: 31 } }, ['allocations']],
    [{ allocations: { lifepoints: 20, OpinionBar: 11 } }, ['allocations']],
    [{ allocations: ['lifepoints'] }, ['allocations']],
    [{ soft_launch: { completes: 0, pause: '2h' } }, ['soft_launch.completes']],
    [{ soft_launch: { completes: 31, pause: '2h' } }, ['soft_launch.completes']],
    [{ soft_launch: { completes: 3, pause: 'soon' } }, ['soft_launch.pause']],
    [{ soft_launch: { completes: 3, pause: '91d' } }, ['soft_launch.pause']],
    [{ soft_launch: { completes: 3 } }, ['soft_launch.pause']],
    [{ target_completes: 50 }, ['target_completes']],
    [{ overage: -1, accept_unsigned: 1, nothing: 2 }, ['accept_unsigned', 'nothing', 'overage']],
    [[], ['']],
  ])('%j is refused by name, as a problem', async (change, fields) => {
    const id = await acme.launch(BOTH)
    const { status, body, headers } = await acme.put(`/v1/plans/${id}/policy`, change)
    expect(status).toBe(400)
    expect(headers['content-type']).toContain('application/problem+json')
    expect(body.code).toBe('invalid_request')
    expect(body.errors.map((one: { field: string }) => one.field).sort()).toEqual(fields)
    expect((await acme.get(`/v1/plans/${id}/policy`)).body).toEqual(DEFAULTS)
  })

  test.each([
    ['quota', { target_completes: 30, quotas: [{ id: 'q', qualifications: [], target_completes: 1 }] }],
    ['plan', { target_completes: 1, quotas: [{ id: 'q', qualifications: [] }] }],
  ])('never lowers the overage of a %s below what is used or held', async (_what, targets) => {
    const id = await acme.launch(targets)
    const path = `/v1/plans/${id}/policy`
    await acme.put(path, { overage: 2 })
    // one after the other holds the quota's only slot; then all three complete, two of them late
    const sessions = []
    for (const at of [0, 31, 62]) {
      const session = await planSession(api.knex, id, ['q'], { entryTtlMs: DAY })
      expect((await enter(api.knex, session, later(at * MINUTE))).kind).toBe('entered')
      sessions.unshift(session)
    }
    for (const [at, { session_id }] of sessions.entries()) {
      await recordClaim(api.knex, session_id, aClaim('COMPLETED', { grade: at < 2 ? 'E2' : 'E0' }), later(63 * MINUTE))
    }
    expect((await acme.get(`/survey-plans/${id}`)).body.survey_performance.completes).toBe(2)
    for (const overage of [0, 1]) {
      const { status, body } = await acme.put(path, { overage })
      expect(status).toBe(400)
      expect(body.errors).toEqual([{ field: 'overage', message: expect.stringContaining('at least 2') }])
    }
    expect((await acme.put(path, { overage: 2, flexibility_percent: 50 })).status).toBe(200)
    expect((await acme.put(path, { overage: 3 })).status).toBe(200)
  })

  test('refuses a soft launch whose completes are reached already', async () => {
    const id = await acme.launch({ quotas: [] })
    await complete(id)
    await complete(id)
    const path = `/v1/plans/${id}/policy`
    expect((await acme.put(path, { soft_launch: { completes: 2, pause: '2h' } })).status).toBe(400)
    expect((await acme.put(path, { soft_launch: { completes: 3, pause: '2h' } })).status).toBe(200)
    // a reached soft launch that was agreed earlier does not block other changes
    await complete(id)
    expect((await acme.put(path, { overage: 1 })).status).toBe(200)
    // sending it unchanged does not block them either
    expect((await acme.put(path, { overage: 2, soft_launch: { completes: 3, pause: '1h' } })).status).toBe(200)
  })

  test('limits a panel to its allocation', async () => {
    const id = await acme.launch({ ...BOTH, target_completes: 4 })
    await acme.put(`/v1/plans/${id}/policy`, { allocations: { lifepoints: 1 }, flexibility_percent: 0 })
    expect((await enter(api.knex, await planSession(api.knex, id))).kind).toBe('entered')
    expect(await enter(api.knex, await planSession(api.knex, id))).toEqual({
      kind: 'refused',
      why: { kind: 'allocation_reached' },
    })
  })
})

describe('the list of plans', () => {
  test('is newest first, in pages without loss or repeat', async () => {
    const own = await startDemandApi()
    try {
      const buyer = buyerOf(own)
      const ids = []
      for (let at = 0; at < 5; at += 1) ids.push(await buyer.launch({ survey_id: `s${at}` }))
      // three of them in the same millisecond
      const at = (minutes: number) => later(minutes * MINUTE)
      for (const [index, id] of ids.entries()) {
        await own
          .knex('survey_plans')
          .where({ plan_id: id })
          .update({ created_at: at(index < 3 ? 1 : index) })
      }
      const seen: string[] = []
      let cursor = ''
      for (let page = 0; page < 3; page += 1) {
        const { status, body } = await buyer.get(`/v1/plans?limit=2${cursor}`)
        expect(status).toBe(200)
        seen.push(...body.plans.map((plan: { survey_id: string }) => plan.survey_id))
        expect(body.next_cursor === null).toBe(page === 2)
        cursor = `&cursor=${body.next_cursor}`
      }
      expect(seen.slice(0, 2)).toEqual(['s4', 's3'])
      expect(seen.slice(2).sort()).toEqual(['s0', 's1', 's2'])
    } finally {
      await own.close()
    }
  })

  test('shows the state of each plan', async () => {
    const id = await acme.launch({ survey_id: 'how-it-stands', target_completes: 3, quotas: [] })
    await acme.put(`/v1/plans/${id}/policy`, { overage: 1 })
    await complete(id)
    await acme.patch(`/survey-plans/${id}`, { status: 'PAUSED' })
    const { body } = await acme.get('/v1/plans?limit=200')
    expect(body.plans.find((plan: { id: string }) => plan.id === id)).toEqual({
      id,
      survey_id: 'how-it-stands',
      panel_survey_id: expect.stringMatching(/^sv_/),
      status: 'PAUSED',
      status_reason: 'buyer',
      country: 'USA',
      target_completes: 3,
      completes: 1,
      available_completes: 2,
      in_progress: 0,
      overage: 1,
      finish_date: '2026-12-31T00:00:00.000Z',
      created_at: '2026-11-20T10:10:00.000Z',
      updated_at: '2026-11-20T10:10:00.000Z',
    })
  })

  test.each(['limit=0', 'limit=201', 'limit=x', 'cursor=x', 'status=OPEN'])('refuses %s', async (query) => {
    const { status, body } = await acme.get(`/v1/plans?${query}`)
    expect(status).toBe(400)
    expect(body.errors).toHaveLength(1)
  })
})

test.each(['/v1/plans', '/v1/plans/plan_x/policy'])(
  '%s is for demand partners; other keys are 401 or 403 as problem+json',
  async (path) => {
    const asked = (key?: string) => {
      const sent = request(api.app).get(path)
      return key === undefined ? sent : sent.set('x-api-key', key)
    }
    for (const [key, status] of [
      [undefined, 401],
      ['nobody', 401],
      [PANEL_KEY, 403],
    ] as const) {
      const answer = await asked(key)
      expect(answer.status).toBe(status)
      expect(answer.headers['content-type']).toContain('application/problem+json')
    }
  },
)
