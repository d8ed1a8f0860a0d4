import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import request from 'supertest'
import type { ApiDependencies } from '../../api/dependencies.js'
import { KeyRing } from '../../api/http/auth.js'
import { openConnection } from '../../db/stores/connection-store.js'
import { GATEWAY } from '../../domain/plan/survey-plan.js'
import { loadConfig } from '../../platform/config/load.js'
import { connectionSchemas } from '../../providers/connection-schemas.js'
import { gatewayConnection } from '../../providers/own-plans.js'
import { type ReadingApi, startReadingApi } from './reading-support.js'

export const KEYS = {
  lifepoints: 'tk_lifepoints_0123456789',
  operator: 'ok_ops_0123456789abcdef',
  acme: 'dk_acme_0123456789abcdef',
  rival: 'dk_rival_0123456789abcdef',
  bare: 'dk_bare_0123456789abcdef',
} as const
export const BUYER_IDS = { acme: 145, rival: 146, bare: 147 } as const
export type BuyerName = keyof typeof BUYER_IDS

const panel = (id: string, key: string, markets: string) => `
  - id: ${id}
    api_key: "${key}"
    markets: ${markets}
    redirects: { default: "https://${id}.example/done" }`

const CONFIG = `
operators: [{ id: ops, api_key: "${KEYS.operator}", roles: [ops] }]
panels:${panel('LifePoints', KEYS.lifepoints, '{ USA: { locales: [en-US], currency: USD }, CAN: { locales: [en-CA], currency: CAD } }')}${panel('toplife', 'tk_toplife_0123456789', '{ GBR: { locales: [en-GB], currency: GBP } }')}
demand_partners:
  - { id: acme, buyer_id: 145, api_key: "${KEYS.acme}", templates: true }
  - { id: rival, buyer_id: 146, api_key: "${KEYS.rival}", templates: true }
  - { id: bare, buyer_id: 147, api_key: "${KEYS.bare}" }
`

export interface BuyersApi extends ReadingApi {
  /** The time of the API's clock; set it to move on. */
  now: Date
  /** Ids of the workflows that were signalled about a change. */
  readonly told: readonly string[]
}

/** An API with three buyers on a database of its own; the third has no templates. */
export async function startBuyersApi(): Promise<BuyersApi> {
  const file = join(mkdtempSync(join(tmpdir(), 'tributary-test-')), 'tributary.yaml')
  writeFileSync(file, CONFIG)
  // our own plans are a connection wherever there are buyers
  const config = { ...loadConfig({ file, env: {}, connectionSchemas }), connections: [gatewayConnection] }
  const clock = { now: new Date('2030-01-05T09:30:00.000Z') }
  const told: string[] = []
  const temporal = {
    options: { namespace: 'default' },
    connection: { withDeadline: (_deadline: number, work: () => Promise<void>) => work() },
    workflow: { getHandle: (id: string) => ({ signal: async () => void told.push(id) }) },
  }
  const api = await startReadingApi({
    config,
    temporal: temporal as unknown as ApiDependencies['temporal'],
    panels: new Map(config.panels.map((one) => [one.id, one])),
    keys: new KeyRing(config),
    clock: () => clock.now,
  })
  await openConnection(api.knex, { connection: GATEWAY, provider: GATEWAY })
  return Object.assign(clock, api, { told })
}

/** A buyer's requests: the PureSpectrum Buy API's addresses with its `access-token`, ours with `x-api-key`. */
export function buyer(api: BuyersApi, name: BuyerName = 'acme') {
  const token = { 'access-token': KEYS[name] }
  return {
    templates: (query = '') => request(api.app).get(`/buyers/v2/templates${query}`).set(token),
    create: (body: object) => request(api.app).post('/buyers/v2/surveys').set(token).send(body),
    edit: (id: number | string, body: object) => request(api.app).put(`/buyers/v2/surveys/${id}`).set(token).send(body),
    read: (id: number | string) => request(api.app).get(`/buyers/v2/surveys/${id}`).set(token),
    ...manager(api, name),
    /** Creates a survey and expects success. */
    async created(body: object) {
      const answer = await this.create(body)
      if (answer.status !== 200) throw new Error(`create answered ${answer.status}: ${answer.text}`)
      return answer.body as SurveyBody
    },
    async edited(id: number, body: object) {
      const answer = await this.edit(id, body)
      if (answer.status !== 200) throw new Error(`edit answered ${answer.status}: ${answer.text}`)
      return answer.body as SurveyBody
    },
  }
}

/** Requests to the routes that manage templates. */
export function manager(api: BuyersApi, name: keyof typeof KEYS) {
  const key = { 'x-api-key': KEYS[name] }
  return {
    put: (id: number | string, body: object) => request(api.app).put(`/v1/templates/${id}`).set(key).send(body),
    get: (id: number | string) => request(api.app).get(`/v1/templates/${id}`).set(key),
    remove: (id: number | string) => request(api.app).delete(`/v1/templates/${id}`).set(key),
    list: (query = '') => request(api.app).get(`/v1/templates${query}`).set(key),
    /** Stores a template and expects success; give what matters to the test. */
    async putTemplate(id: number, given: Readonly<Record<string, unknown>> = {}) {
      const answer = await this.put(id, aTemplate(given))
      if (answer.status > 201) throw new Error(`put answered ${answer.status}: ${answer.text}`)
    },
  }
}

export interface SurveyBody {
  readonly ps_survey_id: number
  readonly ps_survey_status: number
  readonly qualifications: readonly { readonly qualification_code: number; readonly condition_codes?: string[] }[]
  readonly quotas: readonly {
    readonly buyer_quota_id: string
    readonly ps_quota_id: string
    readonly required_count: number
    readonly criteria: readonly { readonly qualification_code: number; readonly condition_codes?: string[] }[]
  }[]
  readonly [member: string]: unknown
}

export const aTemplate = (given: Readonly<Record<string, unknown>> = {}) => ({
  folder: 'CA-en',
  name: 'Province qual',
  title: 'Template - Non US countries',
  visibility: 'own',
  survey: {},
  ...given,
})

/** One of the PureSpectrum Buy API's own bodies. */
export const seed002 = (name: string) =>
  JSON.parse(readFileSync(new URL(`./fixtures/seed-002/${name}.json`, import.meta.url), 'utf8'))

const years = (from: number, to: number) => ({ range_sets: [{ units: 311, from, to }] })
const cell = (required_count: number, qualification_code: number, conditions: object) => ({
  required_count,
  criteria: [{ qualification_code, ...conditions }],
})
const codes = (...condition_codes: string[]) => ({ condition_codes })

/** The template 15 of the document's example, as its answer shows it, over 100 completes instead of 20. */
export const TEMPLATE_15 = {
  survey_title: 'A template of a hundred',
  survey_category_code: 212,
  survey_localization: 'es_US',
  completes_required: 100,
  expected_ir: 75,
  expected_loi: 12,
  field_time: 9,
  qualifications: [
    { qualification_code: 212, ...years(13, 99) },
    { qualification_code: 215, ...codes('114', '113', '115', '112', '111') },
    { qualification_code: 229, ...codes('91945', '91950', '91977', '91978') },
  ],
  quotas: [
    cell(15, 212, years(18, 24)),
    cell(20, 212, years(25, 34)),
    cell(20, 212, years(35, 44)),
    cell(20, 212, years(45, 54)),
    cell(10, 212, years(55, 64)),
    cell(15, 212, years(65, 99)),
    cell(50, 215, codes('115')),
    cell(10, 215, codes('112')),
    cell(40, 215, codes('114', '113', '111')),
    cell(40, 229, codes('91945', '91950')),
    cell(60, 229, codes('91977', '91978')),
  ],
}
