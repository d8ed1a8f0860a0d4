import { randomUUID } from 'node:crypto'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import request from 'supertest'
import type { ApiDependencies } from '../../api/dependencies.js'
import { KeyRing } from '../../api/http/auth.js'
import { openConnection } from '../../db/stores/connection-store.js'
import { GATEWAY } from '../../domain/plan/survey-plan.js'
import { type Config, loadConfig } from '../../platform/config/load.js'
import { connectionSchemas } from '../../providers/connection-schemas.js'
import { later, MINUTE } from '../support/sessions.js'
import { type ReadingApi, startReadingApi } from './reading-support.js'

export const BUYERS = { acme: 'dk_acme_0123456789abcdef', bravo: 'dk_bravo_0123456789abcdef' } as const
export const PANEL_KEY = 'tk_lifepoints_0123456789abcdef'
export const PLATFORM_KEY = 'pk_decipher_0123456789abcdef'

const panel = (id: string, key: string, markets: string, more = '') => `
  - id: ${id}
    api_key: "${key}"
    markets: { ${markets} }
    redirects: { default: "https://${id}.example/done" }${more}`

const USA = 'USA: { locales: [en-US, es-US], currency: USD }'
const GBR = 'GBR: { locales: [en-GB], currency: GBP }'
const CHE = 'CHE: { locales: [de-CH, fr-CH, it-CH], currency: CHF }'

const CONFIG = `
panels:${panel('lifepoints', PANEL_KEY, `${USA}, ${GBR}`)}${panel('OpinionBar', 'tk_opinion_0123456789abcdef', `${USA}, ${CHE}`)}${panel(
  'outsider',
  'tk_outsider_0123456789abcdef',
  USA,
  '\n    connections: [kantar-us]',
)}
demand_partners: [{ id: acme, api_key: "${BUYERS.acme}" }, { id: bravo, api_key: "${BUYERS.bravo}" }]
survey_platforms: [{ id: DECIPHER, api_key: "${PLATFORM_KEY}" }]
connections:
  - { id: kantar-us, provider: kantar, supply_url: "https://supply.example", api_key: "k_0123456789" }
`

/**
 * The configuration of these tests: lifepoints in USA and GBR, OpinionBar in USA and CHE, and a panel without survey
 * plans.
 */
export function demandConfig(): Config {
  const file = join(mkdtempSync(join(tmpdir(), 'tributary-test-')), `${randomUUID()}.yaml`)
  writeFileSync(file, CONFIG)
  return loadConfig({ file, env: {}, connectionSchemas })
}

/** An API for two buyers that records the signals to Temporal. */
export interface DemandApi extends ReadingApi {
  /** Ids of the workflows that were signalled. */
  readonly told: readonly string[]
}

/** An API for two buyers, on a database of its own, ten minutes after T0. */
export async function startDemandApi(): Promise<DemandApi> {
  const config = demandConfig()
  const told: string[] = []
  const temporal = {
    options: { namespace: 'default' },
    connection: { withDeadline: (_deadline: number, work: () => Promise<void>) => work() },
    workflow: { getHandle: (id: string) => ({ signal: async () => void told.push(id) }) },
  }
  const api = await startReadingApi({
    config,
    keys: new KeyRing(config),
    panels: new Map(config.panels.map((one) => [one.id, one])),
    clock: () => later(10 * MINUTE),
    temporal: temporal as unknown as ApiDependencies['temporal'],
  })
  await openConnection(api.knex, { connection: GATEWAY, provider: GATEWAY })
  return { ...api, told }
}

/** A buyer's requests. */
export function buyerOf(api: Pick<ReadingApi, 'app'>, key: string = BUYERS.acme) {
  const headers = { 'x-api-key': key }
  const client = {
    post: (body: object, path = '/survey-plan') => request(api.app).post(path).set(headers).send(body),
    get: (path: string) => request(api.app).get(path).set(headers),
    patch: (path: string, body?: object) => request(api.app).patch(path).set(headers).send(body),
    put: (path: string, body: object) => request(api.app).put(path).set(headers).send(body),
    delete: (path: string) => request(api.app).delete(path).set(headers),
    /** Launches the example, changed as given. @returns its id */
    async launch(given: object = {}): Promise<string> {
      const answer = await client.post({ ...SEED_PLAN, finish_date: '2026-12-31T00:00:00.000Z', ...given })
      if (answer.status !== 201) throw new Error(`create answered ${answer.status}: ${answer.text}`)
      return (answer.body as { id: string }).id
    },
  }
  return client
}

/** Kantar Gateway API, POST Survey Plan: its body parameter, word for word. */
export const SEED_PLAN = JSON.parse(`{
"survey_id": "demand-survey-plan-id",
"categories": [
"pets",
"wildlife conservation"
],
"country": "USA",
"locale": "es-US",
"survey_url": "https://survey-platform.com/survey/e9790abf",
"type": "interview",
"tags": [
"collects_pii",
"webcam"
],
"estimated_loi": 5,
"estimated_cr": 25,
"estimated_ir": 80,
"target_completes": 30,
"survey_platform": "Decipher",
"target_panels": [
{
"name": "lifepoints"
}
],
"pricing": {
"cpi": 150,
"unit": "fractional",
"currency": "USD"
},
"additional_qualification_count": 3,
"quotas": [
{
"id": "demand-partner-quota-id",
"qualifications": [
{
"question_id": "age",
"qualifying_answers": [
{
"start": 16,
"end": 21
}
]
}
],
"additional_qualification_count": 3,
"pricing": {
"cpi": 150,
"unit": "fractional",
"currency": "USD"
},
"target_completes": 30
}
],
"qualifications": [
{
"question_id": "age",
"qualifying_answers": [
{
"start": 16,
"end": 21
}
]
}
],
"resume_allowed": false,
"group_id": "group-id",
"project_id": "project-id",
"contact_emails": [
"email_one@email.com",
"email_two@email.com",
"email_three@email.com"
],
"finish_date": "2024-09-23T00:00:00.000Z",
"device_requirements": [
"desktop",
"mobile"
]
}`) as Record<string, unknown>
