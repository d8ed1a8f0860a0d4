import { randomBytes } from 'node:crypto'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { Client, Connection } from '@temporalio/client'
import { MockActivityEnvironment } from '@temporalio/testing'
import { DefaultLogger } from '@temporalio/worker'
import type { Express } from 'express'
import request from 'supertest'
import { createApp } from '../../api/app.js'
import { composeApi } from '../../api/compose.js'
import type { ApiDependencies } from '../../api/dependencies.js'
import { insertPlan } from '../../commands/plans/launch.js'
import { writePolicy } from '../../commands/plans/write-policy.js'
import { upsertSurveys } from '../../commands/supply/upsert-surveys.js'
import type { SessionRow } from '../../db/rows/session-row.js'
import { openConnection } from '../../db/stores/connection-store.js'
import { stampRevisions } from '../../db/stores/stamper.js'
import { surveyIdOf } from '../../db/survey-id.js'
import { DEFAULT_POLICY, GATEWAY, type PlanPolicy, type SurveyPlan } from '../../domain/plan/survey-plan.js'
import type { Survey } from '../../domain/survey.js'
import { loadConfig } from '../../platform/config/load.js'
import { createLogger } from '../../platform/logger.js'
import { connectionSchemas } from '../../providers/connection-schemas.js'
import { ProviderError } from '../../providers/errors.js'
import type { Http, HttpRequest } from '../../providers/http.js'
import { createUpstreams } from '../../providers/upstreams.js'
import { createActivitySet } from '../../workers/activity-set.js'
import { createTestDatabase, type TestDatabase } from './database.js'
import { aPlan } from './plans.js'
import { aSurvey } from './surveys.js'

export const KEYS = {
  lifepoints: 'tk_lifepoints_0123456789',
  toplife: 'tk_toplife_0123456789ab',
  decipher: 'pk_decipher_0123456789ab',
  confirmit: 'pk_confirmit_0123456789',
  acme: 'dk_acme_0123456789abcdef',
  ops: 'ok_ops_0123456789abcdef',
} as const
export type Key = keyof typeof KEYS
export type Panel = 'lifepoints' | 'toplife'

const panel = (id: Panel, more = '') => `
  - id: ${id}
    api_key: "${KEYS[id]}"
    markets: { USA: { locales: [en-US], currency: USD } }
    redirects: { default: "https://${id}.example/done?from=survey", COMPLETED: "https://${id}.example/thanks", QUOTA_FULL: "https://${id}.example/full" }
    reward: { currency: points, per_major_unit: 100, share_percent: 50, screenout: 5 }${more}`

const CONFIG = `
public_url: http://tributary.example
egress: { allow_private: true }
panels:${panel('lifepoints')}${panel('toplife', '\n    caps: { daily: 2 }\n    connections: [gateway, kantar-us]')}
demand_partners: [{ id: acme, api_key: "${KEYS.acme}" }]
survey_platforms: [{ id: DECIPHER, api_key: "${KEYS.decipher}" }, { id: confirmit, api_key: "${KEYS.confirmit}" }]
operators: [{ id: ops, api_key: "${KEYS.ops}", roles: [ops] }]
connections:
  - { id: kantar-us, provider: kantar, supply_url: "https://supply.example", api_key: "k_0123456789", session_hosts: [router.example], stale_after: 10h }
  - { id: spectrum, provider: purespectrum, base_url: "https://ps.example", access_token: "t_0123456789", supplier_id: 49, stale_after: 10h }
  - { id: toluna-us, provider: toluna, base_url: "https://toluna.example", api_auth_key: "a_0123456789", panel_guid: "5c0b3c1e-6a3e-4b61-9a53-2f1d0b7c9e10", market: { country: USA, locale: en-US }, currencies: { 1: USD }, devices: { 1: desktop }, stale_after: 10h }
`
const PROVIDERS = { 'kantar-us': 'kantar', spectrum: 'purespectrum', 'toluna-us': 'toluna' } as const
export type TestUpstream = keyof typeof PROVIDERS

/** The API on a database of its own. Without Temporal: it does immediately what a session's workflow would do. */
export interface RouterApi {
  readonly app: Express
  readonly deps: ApiDependencies
  readonly database: TestDatabase
  /** Milliseconds by which every clock is ahead. */
  skew: number
  /** While true, neither a provider nor we give an entry. */
  away: boolean
  /** While true, the provider refuses every entry. */
  refuses: boolean
  /** The requests to a provider when an entry was opened. */
  readonly asked: { url: string; body: unknown }[]
  /** Launches a plan of the buyer `acme`. @returns its id */
  readonly launch: (given?: Partial<SurveyPlan>, policy?: Partial<PlanPolicy>) => Promise<string>
  /** Stores a survey of a provider. @returns our id of it */
  readonly stock: (connection: TestUpstream, given: Partial<Survey>) => Promise<string>
  /** The address at which a panel creates sessions of a plan or survey. */
  readonly creationPath: (planOrSurveyId: string, panel?: Panel) => string
  readonly close: () => Promise<void>
}

export async function startRouterApi(): Promise<RouterApi> {
  const database = await createTestDatabase()
  const { knex } = database
  const file = join(mkdtempSync(join(tmpdir(), 'tributary-test-')), 'tributary.yaml')
  writeFileSync(file, CONFIG)
  const config = loadConfig({ file, env: {}, connectionSchemas })
  const logger = createLogger('test', 'silent')
  const nowhere = Connection.lazy({ address: '127.0.0.1:1', connectTimeout: '1s' })
  const state = { skew: 0, away: false, refuses: false }
  const clock = () => new Date(Date.now() + state.skew)
  const publicUrl = 'http://tributary.example'
  const composed = await composeApi({
    config,
    knex,
    databaseUrl: database.url,
    temporal: new Client({ connection: nowhere }),
    logger,
    publicUrl,
    clock,
  })
  const asked: { url: string; body: unknown }[] = []
  const http = gatewayThatOpens(asked, state)
  const activities = createActivitySet({
    config,
    knex,
    http,
    findUpstream: createUpstreams(config, http).find,
    logger,
    clock,
  })
  const run = (work: (id: string) => Promise<unknown>, id: string): Promise<unknown> =>
    new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') }).run(work, id).catch(() => undefined)
  const sessions = {
    open: async (row: SessionRow) => {
      if (!state.away) await run(activities.sessions.openEntry, row.session_id)
    },
    // the first activity of a workflow for a session whose entry is open
    start: async (row: SessionRow) => {
      if (!state.away) await run(activities.sessions.openEntry, row.session_id)
    },
    entered: () => undefined,
    arrived: (sessionId: string) => void run(activities.sessions.recordOutcome, sessionId),
  } as unknown as ApiDependencies['sessions']
  const deps: ApiDependencies = { ...composed.deps, sessions }

  await openConnection(knex, { connection: GATEWAY, provider: GATEWAY })
  for (const [connection, provider] of Object.entries(PROVIDERS)) {
    await openConnection(knex, { connection, provider })
    await knex('connections').where({ connection }).update({ last_success_at: new Date(), state: 'healthy' })
  }
  await composed.deps.catalogue.start()

  let order = 0
  return Object.assign(state, {
    app: createApp(deps),
    deps,
    database,
    asked,
    launch: async (given: Partial<SurveyPlan> = {}, policy: Partial<PlanPolicy> = {}): Promise<string> => {
      order += 1
      const planId = `plan_${String(order).padStart(24, '0')}`
      await knex.transaction(async (trx) => {
        await insertPlan(trx, { planId, demandPartner: 'acme', plan: aPlan(given) }, clock())
        if (Object.keys(policy).length > 0) await writePolicy(trx, planId, { ...DEFAULT_POLICY, ...policy }, clock())
      })
      await stampRevisions(knex)
      return planId
    },
    stock: async (connection: TestUpstream, given: Partial<Survey>): Promise<string> => {
      order += 1
      const survey = aSurvey({ providerSurveyId: `survey-${order}`, ...given })
      await knex.transaction((trx) =>
        upsertSurveys(trx, { connection, provider: PROVIDERS[connection], epoch: '0', now: clock() }, [
          { survey, order: String(order), version: '1', raw: Buffer.from('{}') },
        ]),
      )
      await stampRevisions(knex)
      return surveyIdOf(connection, survey.providerSurveyId)
    },
    creationPath: (id: string, of: Panel = 'lifepoints'): string => {
      const surveyId = id.startsWith('plan_') ? surveyIdOf(GATEWAY, id) : id
      return `/panels/${of}/session/${deps.sessionTokens.issue(of, surveyId)}`
    },
    close: async () => {
      await composed.close()
      await nowhere.close()
      await database.drop()
    },
  })
}

/** A gateway that opens every session, as the Kantar Gateway API answers, or refuses every session. */
function gatewayThatOpens(asked: RouterApi['asked'], state: { refuses: boolean }): Http {
  return {
    request: async ({ url, body = 'null' }: HttpRequest) => {
      if (!url.startsWith('https://router.example/'))
        throw new ProviderError('unavailable', 'connection refused', { url })
      asked.push({ url, body: JSON.parse(body) })
      const answer = state.refuses
        ? JSON.stringify({ code: '400', message: 'not for this panelist', details: [] })
        : JSON.stringify({ url: `https://router.example/sessions/start/${randomBytes(16).toString('hex')}` })
      return {
        status: state.refuses ? 400 : 200,
        headers: { 'content-type': 'application/json' },
        body: Readable.from([Buffer.from(answer)]),
        text: async () => answer,
      }
    },
  }
}

/** Requests with a given key. */
export function as(api: RouterApi, key: Key) {
  const headers = { 'x-api-key': KEYS[key] }
  return {
    post: (path: string, body: object) => request(api.app).post(path).set(headers).send(body),
    put: (path: string, body: object) => request(api.app).put(path).set(headers).send(body),
    get: (path: string) => request(api.app).get(path).set(headers),
  }
}

/** A browser that does not follow redirects. */
export const visit = (api: RouterApi, address: string) => {
  const url = new URL(address, 'http://tributary.example')
  return request(api.app).get(`${url.pathname}${url.search}`).redirects(0)
}
