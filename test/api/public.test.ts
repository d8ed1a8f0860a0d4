import { createLocalJWKSet, jwtVerify } from 'jose'
import request from 'supertest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApp } from '../../api/app.js'
import { queuesOf } from '../../api/parts.js'
import { connectDatabase } from '../../db/connect.js'
import { beat } from '../../db/stores/heartbeat-store.js'
import { connectTestTemporal } from '../support/temporal.js'
import { anEndedSession, type ReadingApi, startReadingApi } from './reading-support.js'

let api: ReadingApi
beforeAll(async () => {
  api = await startReadingApi()
})
afterAll(() => api.close())

/** A heartbeat of a worker of every queue, and of the janitor. */
async function heardNow(): Promise<void> {
  await beat(api.knex, { part: 'worker', process: 'here:1', queues: queuesOf(api.deps) })
  await beat(api.knex, { part: 'janitor', process: 'janitor', queues: [] })
}

const get = (path: string) => request(api.app).get(path)

describe('health', () => {
  it('is up whatever part is down', async () => {
    const app = createApp({
      ...api.deps,
      knex: connectDatabase({ url: 'postgres://127.0.0.1:1/x', applicationName: 't' }),
    })
    expect((await request(app).get('/healthz')).body).toEqual({ status: 'ok' })
  })

  it('is degraded while Temporal is down, and ready with it', async () => {
    const away = await get('/readyz')
    expect(away.status).toBe(200)
    expect(away.body).toMatchObject({ status: 'degraded', parts: { database: { ok: true }, temporal: { ok: false } } })
    const temporal = await connectTestTemporal()
    const app = createApp({ ...api.deps, temporal: temporal.client })
    const unheard = await request(app).get('/readyz')
    expect(unheard.status).toBe(200)
    expect(unheard.body).toMatchObject({
      status: 'degraded',
      parts: {
        temporal: { ok: true },
        workers: { ok: false, detail: 'no worker on any queue has sent a heartbeat yet' },
        janitor: { ok: false, detail: 'the janitor has not reported a round yet' },
      },
    })
    await heardNow()
    const answer = await request(createApp({ ...api.deps, temporal: temporal.client })).get('/readyz')
    await temporal.close()
    expect(answer.status).toBe(200)
    expect(answer.body).toEqual({
      status: 'ready',
      parts: {
        database: { ok: true },
        migrations: { ok: true },
        catalogue: { ok: true },
        temporal: { ok: true },
        workers: { ok: true },
        janitor: { ok: true },
      },
    })
  })

  it('is degraded when workers or the janitor have missed five heartbeats', async () => {
    await heardNow()
    await api.knex.raw(`update heartbeats set heard_at = heard_at - interval '26 seconds' where part = 'worker'`)
    const workers = await request(createApp(api.deps)).get('/readyz')
    expect(workers.body.parts).toMatchObject({
      workers: { ok: false, detail: expect.stringMatching(/no worker on any queue has sent a heartbeat for [23]\d s/) },
      janitor: { ok: true },
    })
    await api.knex.raw(`update heartbeats set heard_at = heard_at - interval '76 seconds' where part = 'janitor'`)
    const both = await request(createApp(api.deps)).get('/readyz')
    expect(both.status).toBe(200)
    expect(both.body.parts.janitor).toMatchObject({
      ok: false,
      detail: expect.stringMatching(/not reported a round for [78]/),
    })
    const { text } = await request(createApp(api.deps)).get('/metrics')
    expect(Number(/tributary_worker_last_heard_seconds\{queue="sessions"\} (\S+)/.exec(text)?.[1])).toBeGreaterThan(25)
    expect(Number(/^tributary_janitor_last_heard_seconds (\d\S*)$/m.exec(text)?.[1])).toBeGreaterThan(75)
    expect(text).toContain('tributary_temporal_up 0\n')
  })

  it('is not ready without index, migration or PostgreSQL, and names the part, no address', async () => {
    const catalogue = { state: () => ({ ready: false, revision: 0n, ageMs: Number.POSITIVE_INFINITY, surveys: 0 }) }
    const loading = await request(createApp({ ...api.deps, catalogue } as typeof api.deps)).get('/readyz')
    expect(loading.status).toBe(503)
    expect(loading.headers['retry-after']).toBe('2')
    expect(loading.body).toMatchObject({
      status: 'unavailable',
      parts: { catalogue: { ok: false }, database: { ok: true } },
    })

    const owner = connectDatabase({ url: api.database.url, applicationName: 'test', asOwner: true })
    const last = await owner('knex_migrations').orderBy('id', 'desc').first()
    await owner('knex_migrations').where({ id: last.id }).delete()
    const behind = await request(createApp(api.deps)).get('/readyz')
    await owner('knex_migrations').insert(last)
    await owner.destroy()
    expect(behind.status).toBe(503)
    expect(behind.body.parts).toMatchObject({ migrations: { ok: false }, database: { ok: true } })

    const knex = connectDatabase({ url: 'postgres://user:hunter2@127.0.0.1:1/x', applicationName: 'test' })
    const away = await request(createApp({ ...api.deps, knex })).get('/readyz')
    await knex.destroy()
    expect(away.status).toBe(503)
    expect(away.body.parts.database.ok).toBe(false)
    expect(away.text).not.toMatch(/127\.0\.0\.1|hunter2|ECONN/)
  })
})

describe('metrics', () => {
  it('counts requests by route template, and shows states without personal data', async () => {
    await anEndedSession(api.knex, new Date(), { panelistId: 'maria-is-private' })
    await get('/v1/panelists/maria-is-private')
    await get('/nothing/maria-is-private')
    const { text, status, headers } = await get('/metrics')
    expect(status).toBe(200)
    expect(headers['content-type']).toContain('text/plain')
    expect(text).toMatch(
      /tributary_http_request_duration_seconds_count\{method="GET",route="\/v1\/panelists\/:panelist_id",status="401"\} [1-9]/,
    )
    expect(text).toMatch(/_count\{method="GET",route="unmatched",status="404"\} [1-9]/)
    expect(text).toMatch(
      /tributary_sessions_last_day\{connection="kantar-us",state="finished",outcome="COMPLETED"\} 1\n/,
    )
    expect(text).toContain('tributary_database_up 1\n')
    expect(text).toContain('tributary_catalogue_revision 41\n')
    expect(text).toContain('process_cpu_seconds_total')
    expect(text).not.toContain('maria')
  })

  it('answers while PostgreSQL is down', async () => {
    const knex = connectDatabase({ url: 'postgres://127.0.0.1:1/x', applicationName: 'test' })
    const answer = await request(createApp({ ...api.deps, knex })).get('/metrics')
    await knex.destroy()
    expect(answer.status).toBe(200)
    expect(answer.text).toContain('tributary_database_up 0\n')
  })
})

describe('keys and reference', () => {
  it('publishes the key that verifies our tokens, cacheable, without its private part', async () => {
    const { body, headers } = await get('/.well-known/jwks.json')
    expect(headers['cache-control']).toBe('public, max-age=300')
    expect(body.keys.length).toBe(1)
    expect(body.keys[0]).not.toHaveProperty('d')
    const token = await api.deps.signer.sign({ session_id: 's' }, { audience: 'alpha', expiresInSeconds: 60 })
    const { payload } = await jwtVerify(token, createLocalJWKSet(body), { audience: 'alpha' })
    expect(payload.session_id).toBe('s')
  })

  it('serves a reference page without inline code or files of other sites', async () => {
    const page = await get('/docs')
    expect(page.status).toBe(200)
    expect(page.type).toBe('text/html')
    expect(page.text).not.toMatch(/<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)|javascript:/)
    const sources = [...page.text.matchAll(/\s(?:src|href)="([^"#][^"]*)"/g)].map(([, url]) => url)
    for (const url of sources) expect(url).toMatch(/^(\/(?!\/)|data:,$)/)
    for (const url of new Set(sources.filter((source) => source !== 'data:,')))
      expect((await get(String(url))).status, String(url)).toBe(200)
    expect(page.headers['content-security-policy']).toContain("default-src 'self'")
    for (const operation of Object.keys((await get('/openapi.json')).body.paths)) expect(page.text).toContain(operation)
  })
})
