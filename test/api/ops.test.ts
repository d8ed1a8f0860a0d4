import { randomUUID } from 'node:crypto'
import type { Client } from '@temporalio/client'
import express from 'express'
import request from 'supertest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { errorHandler } from '../../api/http/errors.js'
import { standingOf } from '../../api/ops/connections.js'
import { opsRoutes } from '../../api/ops/routes.js'
import { quarantine } from '../../commands/supply/quarantine-records.js'
import type { ConnectionOverview } from '../../db/read-models/connection-overview.js'
import { recordFailedPoll } from '../../db/stores/connection-health-store.js'
import { openConnection, pauseConnection, takeEpoch } from '../../db/stores/connection-store.js'
import { beat } from '../../db/stores/heartbeat-store.js'
import { markRedriven, markStillBroken } from '../../db/stores/quarantine-store.js'
import { adapterOf } from '../../providers/adapters.js'
import type { Upstream } from '../../providers/upstream.js'
import { connectTestTemporal, type SharedTemporal } from '../support/temporal.js'
import { KEYS, type ReadingApi, startReadingApi, UNIQUE_CONNECTION } from './reading-support.js'

let api: ReadingApi
let temporal: SharedTemporal
beforeAll(async () => {
  temporal = await connectTestTemporal()
  api = await startReadingApi()
})
afterAll(async () => {
  await api.close()
  await temporal.close()
})

const get = (path: string) => request(api.app).get(`/v1/ops/${path}`).set('x-api-key', KEYS.ops)
const now = new Date()

describe('GET /v1/ops/connections', () => {
  it('shows every configured connection, also one that never polled, and no removed one', async () => {
    await openConnection(api.knex, { connection: 'kantar-us', provider: 'kantar' })
    await openConnection(api.knex, { connection: 'gone', provider: 'kantar' })
    const lastSuccess = new Date(now.getTime() - 60_000)
    await api.knex('connections').where({ connection: 'kantar-us' }).update({ last_success_at: lastSuccess })
    const epoch = (await takeEpoch(api.knex, 'kantar-us', now))?.pollEpoch ?? ''
    await recordFailedPoll(api.knex, 'kantar-us', { epoch, state: 'degraded', reason: 'answered 500', now })
    await quarantine(
      api.knex,
      { connection: 'kantar-us', provider: 'kantar', epoch, now },
      [{ providerSurveyId: null, order: null, reason: 'no id', raw: Buffer.from('{}') }],
      '0',
    )
    const { body, status } = await get('connections')
    expect(status).toBe(200)
    expect(body.connections.map((one: { id: string }) => one.id)).toEqual(['kantar-us', 'kantar-jp', UNIQUE_CONNECTION])
    const [polled, fresh] = body.connections
    expect(polled).toMatchObject({
      id: 'kantar-us',
      provider: 'kantar',
      state: 'degraded',
      reason: 'answered 500',
      last_success_at: lastSuccess.toISOString(),
      fail_streak: 1,
      surveys_open: 0,
      quarantined: 1,
      workflow_url: null,
    })
    expect(polled.lag_ms).toBeGreaterThanOrEqual(60_000)
    expect(polled.lag_ms).toBeLessThan(600_000)
    expect(fresh).toMatchObject({ state: 'starting', last_success_at: null, lag_ms: null, fail_streak: 0 })

    await pauseConnection(api.knex, 'kantar-us', 'maintenance', now)
    expect((await get('connections')).body.connections[0]).toMatchObject({ state: 'paused', reason: 'maintenance' })
  })

  it('shows a connection as degraded five poll intervals and a minute after its last contact', async () => {
    const heardAt = (seconds: number) =>
      api
        .knex('connections')
        .where({ connection: 'kantar-us' })
        .update({
          state: 'healthy',
          reason: null,
          paused: false,
          fail_streak: 0,
          last_success_at: new Date(Date.now() - seconds * 1_000),
          last_attempt_at: new Date(Date.now() - seconds * 1_000),
          next_poll_at: null,
        })
    const shown = async () => (await get('connections')).body.connections[0]
    await heardAt(30)
    expect(await shown()).toMatchObject({ state: 'healthy', reason: null })
    // its pace is 12 s: five of them are a minute
    await heardAt(301)
    expect(await shown()).toMatchObject({
      state: 'degraded',
      reason: expect.stringMatching(/^no poll for 30\d s, one is due every 12 s: .*supply-kantar-us/),
    })
    await heardAt(5)
    await beat(api.knex, { part: 'worker', process: 'here:1', queues: ['supply-kantar-us'] })
    expect(await shown()).toMatchObject({ state: 'healthy' })
    await api.knex.raw(`update heartbeats set heard_at = heard_at - interval '26 seconds'`)
    expect(await shown()).toMatchObject({
      state: 'degraded',
      reason: expect.stringMatching(/^no heartbeat of a worker on the queue supply-kantar-us for [23]\d s/),
    })
    // a replica serves the queue now
    await beat(api.knex, { part: 'worker', process: 'there:2', queues: ['supply-kantar-us'] })
    expect(await shown()).toMatchObject({ state: 'healthy' })
  })

  it('a connection that matches by panelist is not healthy while no worker serves it', async () => {
    const upstream = { adapter: adapterOf('dynata') } as unknown as Upstream
    const row = { connection: 'asked', state: 'healthy', reason: null, paused: false } as ConnectionOverview
    const deps = { findUpstream: () => upstream }
    const standing = (silentMs: number) =>
      standingOf(deps, row, new Map([['entry-asked', silentMs]]), new Date('2031-01-01T00:00:00Z'))
    expect(standing(24_000)).toEqual({ state: 'healthy', reason: null })
    expect(standing(26_000)).toMatchObject({
      state: 'degraded',
      reason: expect.stringMatching(/^no heartbeat of a worker on the queue entry-asked for 26 s/),
    })
  })

  it('links to the poll loop where the Temporal UI is known', async () => {
    const app = express().use(opsRoutes(api.deps, 'http://ui.example:8233/'))
    const { body } = await request(app).get('/v1/ops/connections').set('x-api-key', KEYS.ops)
    expect(body.connections[0].workflow_url).toBe(
      'http://ui.example:8233/namespaces/default/workflows/poll%3Akantar-us',
    )
  })
})

describe('POST /v1/ops/connections/{id}/pause|resume|poll', () => {
  const post = (id: string, action: string, body?: object) => {
    const call = request(api.app).post(`/v1/ops/connections/${id}/${action}`).set('x-api-key', KEYS.ops)
    return body === undefined ? call : call.send(body)
  }

  it('signals the poll loop, with the reason of a pause', async () => {
    // a loop that no worker runs keeps its signals in the history
    const handle = await temporal.client.workflow.start('pollProvider', {
      taskQueue: `nobody-${temporal.unique}`,
      workflowId: `poll:${UNIQUE_CONNECTION}`,
      args: [],
    })
    try {
      const app = express()
        .use(opsRoutes({ ...api.deps, temporal: temporal.client as Client }, undefined))
        .use(errorHandler(api.deps.logger))
      const act = (action: string) =>
        request(app).post(`/v1/ops/connections/${UNIQUE_CONNECTION}/${action}`).set('x-api-key', KEYS.ops)
      const paused = await act('pause').send({ reason: 'provider maintenance' })
      expect(paused.status).toBe(202)
      expect(paused.body).toEqual({ id: UNIQUE_CONNECTION, requested: 'pause' })
      expect((await act('pause')).status).toBe(202)
      expect((await act('resume')).status).toBe(202)
      expect((await act('poll')).status).toBe(202)
      expect((await act('pause').send({ why: 'x' })).body.errors[0].field).toBe('why')

      const { events } = await handle.fetchHistory()
      const told = (events ?? []).flatMap(({ workflowExecutionSignaledEventAttributes: signal }) =>
        signal == null
          ? []
          : [
              [
                signal.signalName,
                ...(signal.input?.payloads ?? []).map((one) => JSON.parse(Buffer.from(one.data ?? []).toString())),
              ],
            ],
      )
      expect(told).toEqual([
        ['pause', 'provider maintenance'],
        ['pause', 'paused by operator watch'],
        ['resume'],
        ['pollNow'],
      ])
    } finally {
      await handle.terminate()
    }
    const app = express()
      .use(opsRoutes({ ...api.deps, temporal: temporal.client as Client }, undefined))
      .use(errorHandler(api.deps.logger))
    const ended = await request(app).post(`/v1/ops/connections/${UNIQUE_CONNECTION}/resume`).set('x-api-key', KEYS.ops)
    expect(ended.status).toBe(503)
    expect(ended.body.code).toBe('poller_not_running')
  })

  it('answers 503 with Retry-After while Temporal is away, and 404 for what is not configured', async () => {
    const away = await post('kantar-us', 'resume')
    expect(away.status).toBe(503)
    expect(away.body.code).toBe('temporal_unavailable')
    expect(Number(away.headers['retry-after'])).toBeGreaterThan(0)
    for (const id of ['gone', 'nothing', '%00', 'KANTAR-US']) expect((await post(id, 'pause', {})).status, id).toBe(404)
  })
})

describe('POST /v1/ops/quarantine/{id}/redrive', () => {
  const stored = async (connection: string): Promise<string> => {
    const writer = { connection, provider: 'kantar', epoch: '1', now }
    const raw = Buffer.from(`{"n":"${randomUUID()}"}`)
    await quarantine(api.knex, writer, [{ providerSurveyId: null, order: null, reason: 'no id', raw }], '0')
    const row = await api.knex('quarantine').where({ connection }).orderBy('first_seen_at', 'desc').first()
    return row.quarantine_id
  }
  const redrive = (id: string, temporalClient: Client = temporal.client as Client) =>
    request(
      express()
        .use(opsRoutes({ ...api.deps, temporal: temporalClient }, undefined))
        .use(errorHandler(api.deps.logger)),
    )
      .post(`/v1/ops/quarantine/${id}/redrive`)
      .set('x-api-key', KEYS.ops)

  it('makes the poll loop read the record again, and answers the resulting state', async () => {
    const id = await stored(UNIQUE_CONNECTION)
    // the test acts as the loop: still broken the first time, then fixed
    const told: unknown[][] = []
    let mended = false
    const loop = {
      executeUpdate: async (update: { name: string }, { args }: { args: string[] }) => {
        told.push([update.name, ...args])
        if (mended) await markRedriven(api.knex, id)
        else await markStillBroken(api.knex, id, 'still no id', now)
        return {}
      },
    }
    const client = {
      options: { namespace: 'default' },
      workflow: {
        getHandle: (workflowId: string) => {
          told.push([workflowId])
          return loop
        },
      },
      connection: { withDeadline: (_deadline: number, work: () => Promise<unknown>) => work() },
    } as unknown as Client
    const broken = await redrive(id, client)
    expect(broken.status).toBe(200)
    expect(broken.body).toEqual({ id, connection: UNIQUE_CONNECTION, state: 'open', reason: 'still no id', count: 2 })
    mended = true
    expect((await redrive(id, client)).body).toMatchObject({ state: 'redriven', count: 2 })
    // a redriven record does not go to the loop again
    expect((await redrive(id, client)).body).toMatchObject({ state: 'redriven' })
    expect(told).toEqual([
      [`poll:${UNIQUE_CONNECTION}`],
      ['redrive', id],
      [`poll:${UNIQUE_CONNECTION}`],
      ['redrive', id],
    ])
  })

  it('is 404 for an unknown record, and 503 where no loop runs or Temporal is down', async () => {
    for (const id of [randomUUID(), 'nothing', '%00']) expect((await redrive(id)).status, id).toBe(404)
    const id = await stored(`${UNIQUE_CONNECTION}-gone`)
    const nobody = await redrive(id)
    expect([nobody.status, nobody.body.code]).toEqual([503, 'poller_not_running'])
    const away = await redrive(id, api.deps.temporal)
    expect([away.status, away.body.code]).toEqual([503, 'temporal_unavailable'])
  })
})

describe('GET /v1/ops/quarantine', () => {
  it('pages through records, newest first, as text or base64, and cuts large ones', async () => {
    await api.knex('quarantine').delete()
    const seen = new Date('2031-01-01T00:00:00Z')
    const writer = { connection: 'kantar-us', provider: 'kantar', epoch: '1', now: seen }
    const record = (providerSurveyId: string, raw: Buffer) => ({
      providerSurveyId,
      order: null,
      reason: 'unreadable',
      raw,
    })
    const long = Buffer.from(`${'x'.repeat(65_535)}üü`)
    await quarantine(
      api.knex,
      writer,
      [
        record('text', Buffer.from('{"id": "<script>"}')),
        record('bytes', Buffer.from([0xff, 0xfe, 0x00])),
        record('long', long),
      ],
      '0',
    )
    await quarantine(api.knex, { ...writer, connection: 'kantar-jp' }, [record('other', Buffer.from(''))], '0')

    const found = []
    let cursor: string | null = null
    do {
      const { body } = await get(`quarantine?limit=2${cursor === null ? '' : `&cursor=${cursor}`}`)
      found.push(...body.quarantine)
      cursor = body.next_cursor
    } while (cursor !== null)
    const by = Object.fromEntries(found.map((one) => [one.provider_survey_id, one]))
    expect(Object.keys(by).toSorted()).toEqual(['bytes', 'long', 'other', 'text'])
    expect(found.length).toBe(4)
    expect(by.text).toMatchObject({
      connection: 'kantar-us',
      reason: 'unreadable',
      raw: '{"id": "<script>"}',
      raw_encoding: 'utf-8',
      raw_truncated: false,
      first_seen_at: seen.toISOString(),
      count: 1,
      state: 'open',
    })
    expect(by.bytes).toMatchObject({ raw: '//4A', raw_encoding: 'base64', raw_truncated: false })
    // the cut character is left out
    expect(by.long).toMatchObject({ raw: 'x'.repeat(65_535), raw_encoding: 'utf-8', raw_truncated: true })

    const filtered = await get('quarantine?connection=kantar-jp&state=open')
    expect(filtered.body.quarantine.map((one: { provider_survey_id: string }) => one.provider_survey_id)).toEqual([
      'other',
    ])
    expect((await get('quarantine?state=healed')).body).toEqual({ quarantine: [], next_cursor: null })
    expect((await get('quarantine?state=closed')).status).toBe(400)
    expect((await get('quarantine?limit=101')).status).toBe(400)
  })
})
