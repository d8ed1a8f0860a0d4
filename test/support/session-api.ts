import { mkdtempSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MockActivityEnvironment } from '@temporalio/testing'
import { DefaultLogger, type Worker } from '@temporalio/worker'
import type { Express } from 'express'
import request from 'supertest'
import type { PollResult } from '../../activities/supply/poll-and-store.js'
import { createApp } from '../../api/app.js'
import { composeApi } from '../../api/compose.js'
import type { ApiDependencies } from '../../api/dependencies.js'
import { openConnection } from '../../db/stores/connection-store.js'
import { loadConfig } from '../../platform/config/load.js'
import { createHttp } from '../../platform/egress/http-client.js'
import { createLogger } from '../../platform/logger.js'
import { dataConverter } from '../../platform/temporal/connection.js'
import { connectionSchemas } from '../../providers/connection-schemas.js'
import { createProviderHttp } from '../../providers/provider-http.js'
import { createUpstreams } from '../../providers/upstreams.js'
import type { SupplierPlan } from '../../sandbox/kantar/wire.js'
import { createSandbox, type Sandbox } from '../../sandbox/server.js'
import { createActivitySet } from '../../workers/activity-set.js'
import { createWorkers } from '../../workers/create-workers.js'
import { createTestDatabase, type TestDatabase } from './database.js'
import { type Listener, startListener } from './listener.js'
import { createOwnTemporal, type OwnTemporal } from './own-temporal.js'
import { PATIENCE_MS } from './patience.js'
import { testWorkflowBundle } from './temporal.js'

export const KEYS = { lifepoints: 'tk_lifepoints_0123456789', toplife: 'tk_toplife_0123456789' } as const
export const PANEL_SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
/** Connections by required proof: kantar-us signed (E1), kantar-e2 server to server, kantar-e0 unsigned returns. */
const CONNECTIONS = ['kantar-us', 'kantar-e2', 'kantar-e0'] as const
export type TestConnection = (typeof CONNECTIONS)[number]

/** A separate API, workers and Temporal with the simulated gateway, in this process. */
export interface SessionApi {
  readonly app: Express
  readonly deps: ApiDependencies
  readonly database: TestDatabase
  readonly temporal: OwnTemporal
  readonly sandbox: Sandbox
  /** Receives the panels' postbacks. */
  readonly hooks: Listener
  readonly publicUrl: string
  /** Milliseconds by which the API's clock is ahead; the workers' and the gateway's is not. */
  skew: number
  /** Adds a plan to the gateway's feed, and polls. */
  readonly offer: (plan: Partial<SupplierPlan> & { id: string }) => Promise<void>
  readonly poll: (connection: TestConnection) => Promise<PollResult>
  readonly startWorkers: () => Promise<void>
  readonly stopWorkers: () => Promise<void>
  readonly close: () => Promise<void>
}

const panelYaml = (id: string, key: string, hooks: string) => `
  - id: ${id}
    api_key: "${key}"
    markets: { USA: { locales: [en-US], currency: USD } }
    redirects: { default: "https://${id}.example/done?from=survey", COMPLETED: "https://${id}.example/thanks", QUOTA_FULL: "https://${id}.example/full#top" }
    postback: { url: "${hooks}/${id}", secret: "${PANEL_SECRET}" }
    reward: { currency: points, per_major_unit: 100, share_percent: 50, screenout: 5 }`

function connectionYaml(id: TestConnection, sandbox: string): string {
  const jws = (location: string) =>
    `{ kind: jws, location: ${location}, parameter: jws, algorithms: [RS256], jwks_url: "${sandbox}/kantar/.well-known/jwks.json", issuer: "${sandbox}/kantar", audience: tributary }`
  const returns = id === 'kantar-e0' ? '{ kind: none }' : jws('query')
  return `
  - id: ${id}
    provider: kantar
    supply_url: "${sandbox}/kantar/supply"
    api_key: "key-${id}"
    poll: 5m
    stale_after: 10h
    required_grade: ${id === 'kantar-e2' ? 'E2' : 'E1'}
    returns: { verify: ${returns}, session: session_id, outcome: outcome }
    postbacks: { verify: ${jws('body')}, session: session_id, outcome: outcome }`
}

export async function startSessionApi(): Promise<SessionApi> {
  const accounts = CONNECTIONS.map((connection) => ({ apiKey: `key-${connection}`, panelId: 'lifepoints', connection }))
  const sandbox = createSandbox({ kantar: { plans: 0, accounts } })
  const [database, temporal, hooks, workflowBundle, { url: sandboxUrl }] = await Promise.all([
    createTestDatabase(),
    createOwnTemporal(),
    startListener(),
    testWorkflowBundle(),
    sandbox.listen(),
  ])
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const publicUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  sandbox.setApiUrl(publicUrl)

  const file = join(mkdtempSync(join(tmpdir(), 'tributary-test-')), 'tributary.yaml')
  const panels = Object.entries(KEYS).map(([id, key]) => panelYaml(id, key, hooks.url))
  writeFileSync(
    file,
    `egress: { allow_private: true }\npanels:${panels.join('')}\nconnections:${CONNECTIONS.map((id) => connectionYaml(id, sandboxUrl)).join('')}\n`,
  )
  const config = loadConfig({ file, env: {}, connectionSchemas })
  const logger = createLogger('test', 'silent')
  const { knex, url: databaseUrl } = database
  const egress = createHttp({ allowPrivate: true })
  const http = createProviderHttp(egress)
  const upstreams = createUpstreams(config, http)
  const clock = () => new Date()
  const activities = createActivitySet({ config, knex, http, findUpstream: upstreams.find, logger, clock })
  for (const connection of CONNECTIONS) await openConnection(knex, { connection, provider: 'kantar' })

  let workers: Worker[] = []
  let ended: Promise<unknown> = Promise.resolve()
  const api: { skew: number } = { skew: 0 }
  const composed = await composeApi({
    config,
    knex,
    databaseUrl,
    temporal: temporal.client,
    logger,
    publicUrl,
    clock: () => new Date(Date.now() + api.skew),
  })
  const app = createApp(composed.deps)
  server.on('request', app)

  const poll = (connection: TestConnection): Promise<PollResult> =>
    new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') }).run<
      [{ connection: string }],
      PollResult,
      typeof activities.supply.pollAndStore
    >(activities.supply.pollAndStore, { connection })
  const startWorkers = async (): Promise<void> => {
    workers = await createWorkers({
      connection: temporal.native,
      namespace: temporal.namespace,
      dataConverter: dataConverter(null),
      workflowBundle,
      activities,
      connections: CONNECTIONS.map((id) => ({ id, ratePerSecond: null, polled: false })),
      groups: ['sessions'],
    })
    ended = Promise.all(workers.map((worker) => worker.run()))
  }
  const stopWorkers = async (): Promise<void> => {
    for (const worker of workers) worker.shutdown()
    workers = []
    await ended
  }
  await startWorkers()
  await composed.deps.catalogue.start()

  return Object.assign(api, {
    app,
    deps: composed.deps,
    database,
    temporal,
    sandbox,
    hooks,
    publicUrl,
    poll,
    startWorkers,
    stopWorkers,
    offer: async (given: Partial<SupplierPlan> & { id: string }): Promise<void> => {
      sandbox.kantar.plans.put({ ...PLAN, ...given })
      for (const connection of CONNECTIONS) await poll(connection)
      await untilMatchable(knex, composed.deps)
    },
    close: async () => {
      await stopWorkers()
      await close(server)
      await composed.close()
      await sandbox.close()
      await hooks.close()
      await egress.close()
      await temporal.close()
      await database.drop()
    },
  })
}

/** An open plan at 1.50 USD for every panelist in the United States. */
export const PLAN: SupplierPlan = {
  id: 'plan',
  country: 'USA',
  type: 'interview',
  loi: 5,
  cr: 40,
  ir: 50,
  available_completes: 1_000,
  pricing: { cpi: 150, unit: 'fractional', currency: 'USD' },
  status: 'OPEN',
  quotas: [],
  qualifications: [],
}

async function untilMatchable(knex: TestDatabase['knex'], deps: ApiDependencies): Promise<void> {
  for (const giveUpAt = Date.now() + PATIENCE_MS; Date.now() < giveUpAt; ) {
    const { rows } = (await knex.raw(
      'select coalesce(max(revision), 0)::text as newest, count(*) filter (where dirty)::int as dirty from surveys',
    )) as { rows: { newest: string; dirty: number }[] }
    const [row] = rows
    if (row?.dirty === 0 && BigInt(deps.catalogue.state().revision) >= BigInt(row.newest)) return
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw new Error('what was polled did not become matchable')
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
}

export interface TestOffer {
  readonly offer_id: string
  readonly survey_id: string
  readonly connection: string
  readonly provider_survey_id: string
  readonly provider_quota_id: string | null
  readonly cpi: { readonly amount_minor: number; readonly currency: string }
}

/** A panel's requests, as its server would make them. */
export function panelOf(api: SessionApi, panel: keyof typeof KEYS = 'lifepoints') {
  const key = { 'x-api-key': KEYS[panel] }
  return {
    match: (body: object) => request(api.app).post('/v1/surveys/match').set(key).send(body),
    create: (body: object, idempotencyKey?: string) => {
      const sent = request(api.app).post('/v1/sessions').set(key)
      return (idempotencyKey === undefined ? sent : sent.set('Idempotency-Key', idempotencyKey)).send(body)
    },
    session: (id: string) => request(api.app).get(`/v1/sessions/${id}`).set(key),
    /** The offer of one plan to one panelist. */
    async offerOf(panelistId: string, plan: string, connection: TestConnection = 'kantar-us'): Promise<TestOffer> {
      const answer = await this.match({
        panelist_id: panelistId,
        country: 'USA',
        connections: [connection],
        limit: 200,
      })
      if (answer.status !== 200) throw new Error(`match answered ${answer.status}: ${answer.text}`)
      const found = (answer.body.offers as TestOffer[]).find((offer) => offer.provider_survey_id === plan)
      if (found === undefined) throw new Error(`${plan} is not offered to ${panelistId}`)
      return found
    },
    /** A session of one plan whose link can be clicked. */
    async open(panelistId: string, plan: string, connection: TestConnection = 'kantar-us', more: object = {}) {
      const { offer_id } = await this.offerOf(panelistId, plan, connection)
      const answer = await this.create({ offer_id, panelist_id: panelistId, ...more })
      if (answer.status !== 201) throw new Error(`create answered ${answer.status}: ${answer.text}`)
      return answer.body as { session_id: string; entry_url: string; state: string }
    },
  }
}

/** Requests one of our own addresses without following redirects. */
export const visit = (api: SessionApi, url: string) =>
  request(api.app)
    .get(url.startsWith(api.publicUrl) ? url.slice(api.publicUrl.length) : url)
    .redirects(0)
