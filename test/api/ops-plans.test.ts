import express from 'express'
import request from 'supertest'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { errorHandler } from '../../api/http/errors.js'
import { OperatorSessions } from '../../api/http/operator-sessions.js'
import { opsRoutes } from '../../api/ops/routes.js'
import { deletePlan } from '../../commands/plans/delete.js'
import { setPlanStatus } from '../../commands/plans/set-status.js'
import { recordClaim } from '../../commands/sessions/record-claim.js'
import { findConnection } from '../../db/stores/connection-store.js'
import { surveyIdOf } from '../../db/survey-id.js'
import { GATEWAY } from '../../domain/plan/survey-plan.js'
import { gatewayConnection, ownPlans } from '../../providers/own-plans.js'
import { enter, HOLD_MS, launch, planSession } from '../support/plans.js'
import { aClaim, later, MINUTE, T0 } from '../support/sessions.js'
import { KEYS, type ReadingApi, signOutsIn, startReadingApi } from './reading-support.js'

const UI = 'http://ui.example:8233'
let now = later(5 * MINUTE)
let api: ReadingApi
beforeAll(async () => {
  const own = { connection: GATEWAY, adapter: ownPlans, config: gatewayConnection }
  api = await startReadingApi({
    findUpstream: ((id: string) => (id === GATEWAY ? own : null)) as unknown as ReadingApi['deps']['findUpstream'],
    clock: () => now,
  })
})
afterAll(() => api.close())
beforeEach(async () => {
  now = later(5 * MINUTE)
  await api.knex.raw(
    'delete from plan_sessions; delete from survey_plans; delete from connections; delete from surveys',
  )
})

/** Like a running API: our own plans next to the configured connections. */
function app(
  config: ReadingApi['deps']['config'] = {
    ...api.deps.config,
    connections: [...api.deps.config.connections, gatewayConnection],
  },
) {
  const deps = {
    ...api.deps,
    config,
    operatorSessions: new OperatorSessions(
      Buffer.alloc(32, 3),
      config.operators,
      false,
      () => now,
      signOutsIn(api.knex),
    ),
  }
  return express().use(opsRoutes(deps, UI)).use(errorHandler(deps.logger))
}
const get = (path: string, key: string = KEYS.ops) => request(app()).get(path).set('x-api-key', key)
const tell = (action: string, body?: object) =>
  request(app()).post(`/v1/ops/connections/gateway/${action}`).set('x-api-key', KEYS.ops).send(body)

describe('the connection of our own plans', () => {
  const shown = async () =>
    (await get('/v1/ops/connections')).body.connections.find(({ id }: { id: string }) => id === 'gateway')

  it('is healthy before a worker has seen it, and counts its plans', async () => {
    expect(await shown()).toMatchObject({ provider: 'gateway', state: 'healthy', surveys_open: 0, lag_ms: null })
    await launch(api.knex)
    const { workflow_url: url, ...rest } = await shown()
    expect(rest).toEqual({
      id: 'gateway',
      provider: 'gateway',
      state: 'healthy',
      reason: null,
      last_success_at: null,
      fail_streak: 0,
      surveys_open: 1,
      lag_ms: null,
      quarantined: 0,
    })
    expect(decodeURIComponent(url)).toContain('TributaryConnection = "gateway"')
  })

  it('is paused in its row, which may not exist yet, and healthy when it is resumed', async () => {
    expect((await tell('pause', { reason: 'audit' })).body).toEqual({ id: 'gateway', requested: 'pause' })
    expect(await findConnection(api.knex, 'gateway')).toMatchObject({ paused: true, state: 'paused', reason: 'audit' })
    expect(await shown()).toMatchObject({ state: 'paused', reason: 'audit' })

    const session = await planSession(api.knex, await launch(api.knex))
    expect(await enter(api.knex, session)).toEqual({ kind: 'refused', why: { kind: 'not_open' } })

    expect((await tell('resume')).status).toBe(202)
    expect(await findConnection(api.knex, 'gateway')).toMatchObject({ paused: false, state: 'healthy', reason: null })
    expect((await enter(api.knex, session)).kind).toBe('entered')
  })

  it('has no provider: a poll stamps committed rows and keeps a pause', async () => {
    const planId = await launch(api.knex)
    await api.knex('surveys').where({ provider_survey_id: planId }).update({ dirty: true })
    await tell('pause')
    expect((await tell('poll')).status).toBe(202)
    await expect
      .poll(async () => (await api.knex('surveys').where({ provider_survey_id: planId }).first()).dirty)
      .toBe(false)
    expect((await findConnection(api.knex, 'gateway'))?.state).toBe('paused')
  })
})

describe('GET /v1/ops/plans', () => {
  it('shows completes, holds and panels of every buyer’s plan', async () => {
    const planId = await launch(
      api.knex,
      { targetCompletes: 3, targetPanels: ['toplife', 'lifepoints'] },
      { overage: 1, allocations: { toplife: 2 } },
    )
    const sessions = await Promise.all(
      ['lifepoints', 'lifepoints', 'toplife'].map((panel) => planSession(api.knex, planId, [], { panel })),
    )
    for (const session of sessions) await enter(api.knex, session)
    await recordClaim(api.knex, sessions[0]?.session_id ?? '', aClaim('COMPLETED', { grade: 'E2' }), later(MINUTE))
    await recordClaim(api.knex, sessions[1]?.session_id ?? '', aClaim('TERMINATED', { grade: 'E2' }), later(MINUTE))

    const { body, status } = await get('/v1/ops/plans')
    expect(status).toBe(200)
    expect(body).toEqual({
      plans: [
        {
          id: planId,
          demand_partner: 'acme',
          survey_id: surveyIdOf(GATEWAY, planId),
          buyer_survey_id: 'demand-survey-plan-id',
          country: 'USA',
          status: 'OPEN',
          status_reason: 'buyer',
          target_completes: 3,
          overage: 1,
          completes: 1,
          held: 1,
          panels: [
            { panel: 'lifepoints', allocation: null, completes: 1 },
            { panel: 'toplife', allocation: 2, completes: 0 },
          ],
          finish_date: null,
          created_at: T0.toISOString(),
          workflow_url: `${UI}/namespaces/default/workflows/plan%3A${planId}`,
        },
      ],
      next_cursor: null,
    })
    // an expired hold does not count, although it is not deleted yet
    now = later(HOLD_MS)
    expect((await get('/v1/ops/plans')).body.plans[0].held).toBe(0)
  })

  it('pages newest first, and filters by buyer and status', async () => {
    const ids: string[] = []
    for (let at = 0; at < 5; at += 1) {
      const planId = await launch(api.knex, {}, {}, at === 2 ? 'globex' : 'acme')
      // two of the same instant, which only the id distinguishes
      await api
        .knex('survey_plans')
        .where({ plan_id: planId })
        .update({ created_at: later(Math.min(at, 3)) })
      ids.push(planId)
    }
    await api.knex.transaction((trx) => setPlanStatus(trx, 'acme', ids[0] ?? '', 'CLOSED', T0))
    await api.knex.transaction((trx) => deletePlan(trx, 'acme', ids[0] ?? '', T0))
    await api.knex.transaction((trx) => setPlanStatus(trx, 'acme', ids[1] ?? '', 'PAUSED', T0))
    const page = async (query: string) => (await get(`/v1/ops/plans?${query}`)).body
    const idsOf = (body: { plans: { id: string }[] }) => body.plans.map(({ id }) => id)

    const all = idsOf(await page('limit=200'))
    expect(all.slice(0, 2).sort()).toEqual(ids.slice(3).sort())
    expect(all.slice(2)).toEqual([ids[2], ids[1]])
    const seen: string[] = []
    for (let cursor = ''; ; ) {
      const body = await page(`limit=1${cursor}`)
      seen.push(...idsOf(body))
      if (body.next_cursor === null) break
      cursor = `&cursor=${body.next_cursor}`
    }
    expect(seen).toEqual(all)
    expect(idsOf(await page('demand_partner=globex'))).toEqual([ids[2]])
    expect(idsOf(await page('status=PAUSED'))).toEqual([ids[1]])
  })

  it('is for the role ops only, and names every invalid query field', async () => {
    for (const key of [KEYS.finance, KEYS.alpha, KEYS.buyer]) expect((await get('/v1/ops/plans', key)).status).toBe(403)
    expect((await request(app()).get('/v1/ops/plans')).status).toBe(401)
    const { body, status } = await get('/v1/ops/plans?status=open&cursor=x&limit=0&other=1')
    expect(status).toBe(400)
    expect(body.errors.map(({ field }: { field: string }) => field).sort()).toEqual([
      'cursor',
      'limit',
      'other',
      'status',
    ])
  })
})

describe('the plans on /ops', () => {
  it('are a table with the buyer’s text escaped, which is absent without buyers', async () => {
    const planId = await launch(api.knex, { surveyId: '<b>mine</b>', targetCompletes: 7 })
    await api.knex.transaction((trx) => setPlanStatus(trx, 'acme', planId, 'PAUSED', T0))
    const page = await get('/ops')
    expect(page.status).toBe(200)
    expect(page.text).toContain(`${UI}/namespaces/default/workflows/plan%3A${planId}`)
    expect(page.text).toContain('&lt;b&gt;mine&lt;/b&gt;')
    expect(page.text).toContain('0 of 7')
    expect(page.text).toMatch(/<span class="tag warn">PAUSED<\/span> by the buyer/)
    expect(page.text).not.toContain('Poll gateway')
    expect(page.text).toContain('Why gateway is paused')

    const without = await request(app({ ...api.deps.config, demandPartners: [] }))
      .get('/ops')
      .set('x-api-key', KEYS.ops)
    expect(without.status).toBe(200)
    expect(without.text).not.toContain(planId)
    expect(without.text).not.toContain('Survey plans')
  })

  it('link to older plans', async () => {
    for (let at = 0; at < 21; at += 1) await launch(api.knex)
    const page = await get('/ops')
    const older = /href="(\/ops\?plans=[^"#]+)#plans"/.exec(page.text)?.[1] ?? ''
    const next = await get(older)
    expect(next.text.match(/<progress/g)).toHaveLength(1)
    expect(next.text).not.toContain('Older plans')
  })
})
