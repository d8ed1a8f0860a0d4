import { createHash, createHmac } from 'node:crypto'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client, Connection } from '@temporalio/client'
import type { Express } from 'express'
import { exportSPKI, generateKeyPair, SignJWT } from 'jose'
import request from 'supertest'
import { createApp } from '../../api/app.js'
import { composeApi } from '../../api/compose.js'
import type { ApiDependencies } from '../../api/dependencies.js'
import type { NewSession } from '../../db/statements/insert-session.js'
import { loadConfig } from '../../platform/config/load.js'
import { createLogger } from '../../platform/logger.js'
import { connectionSchemas } from '../../providers/connection-schemas.js'
import { createTestDatabase, type TestDatabase } from './database.js'
import { enteredSession, MINUTE, stock } from './sessions.js'

const PUBLIC_URL = 'https://tributary.example'
const TOLUNA_SECRET = 'toluna-secret-0123456789'
const PURESPECTRUM_SECRET = 'purespectrum-secret-0123456789'
export const ARRIVALS_KEYS = { panel: 'tk_lifepoints_0123456789', ops: 'ok_ops_0123456789' } as const

const config = (publicKey: string) => `
public_url: "${PUBLIC_URL}"
operators: [{ id: ops, api_key: "${ARRIVALS_KEYS.ops}", roles: [ops] }]
panels:
  - id: lifepoints
    api_key: "${ARRIVALS_KEYS.panel}"
    markets: { USA: { locales: [en-US], currency: USD } }
    redirects: { default: "https://lifepoints.example/done", COMPLETED: "https://lifepoints.example/thanks", ERROR: "https://lifepoints.example/error" }
    postback: { url: "https://lifepoints.example/hooks", secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" }
    reward: { currency: points, per_major_unit: 100, share_percent: 50, screenout: 0 }
connections:
  - id: kantar-us
    provider: kantar
    supply_url: "https://supply.example"
    api_key: "k_0123456789"
    returns: { verify: { kind: jws, location: query, parameter: jws, algorithms: [ES256], public_key: ${JSON.stringify(publicKey)} }, session: session_id, outcome: outcome }
    postbacks: { verify: { kind: jws, location: body, parameter: jws, algorithms: [ES256], public_key: ${JSON.stringify(publicKey)} }, session: session_id, outcome: outcome }
  - id: toluna-us
    provider: toluna
    base_url: "https://toluna.example/IPExternalSamplingService"
    api_auth_key: "k_0123456789"
    panel_guid: "10B1BF48-F141-41CD-850F-4DE5A8BA44EB"
    market: { country: USA, locale: en-US }
    returns: { verify: { kind: hmac, parameter: encValue, algorithm: sha256, secret: "${TOLUNA_SECRET}", over: url } }
    postbacks: { member_status: { verify: { kind: hmac, location: body, parameter: EncryptedValue, algorithm: sha256, secret: "${TOLUNA_SECRET}", over: [SurveyID, WaveId, UniqueCode] } } }
  - id: purespectrum
    provider: purespectrum
    base_url: "https://ps.example"
    access_token: "k_0123456789"
    supplier_id: 49
    returns: { verify: { kind: hash, algorithm: sha1, parameter: ps_hash, secret: "${PURESPECTRUM_SECRET}", over: url_without_separator }, session: ps_supplier_sid, outcome: ps_rstatus, unsigned: not_completed, outcomes: { "26": PENDING } }
`

/** The API with three providers' arrivals and no Temporal, for tests of what is stored. */
export interface ArrivalsApi {
  readonly app: Express
  readonly deps: ApiDependencies
  readonly database: TestDatabase
  /** A respondent in a provider's survey. @returns our session's id, and the provider's */
  readonly inside: (given?: Partial<NewSession>) => Promise<{ id: string; theirs: string; member: string }>
  readonly sign: (claims: Record<string, unknown>) => Promise<string>
  readonly get: (path: string) => request.Test
  readonly post: (path: string, body: object) => request.Test
  readonly close: () => Promise<void>
}

/** Signals no workflow: the test does what the workflow would do. */
export const QUIET = { arrived: () => undefined } as unknown as ApiDependencies['sessions']

let members = 0

export async function startArrivalsApi(): Promise<ArrivalsApi> {
  const [database, { privateKey, publicKey }] = await Promise.all([
    createTestDatabase(),
    generateKeyPair('ES256', { extractable: true }),
  ])
  const file = join(mkdtempSync(join(tmpdir(), 'tributary-test-')), 'tributary.yaml')
  writeFileSync(file, config(await exportSPKI(publicKey)))
  const away = Connection.lazy({ address: '127.0.0.1:1', connectTimeout: '1s' })
  const { deps, close } = await composeApi({
    config: loadConfig({ file, env: {}, connectionSchemas }),
    knex: database.knex,
    databaseUrl: database.url,
    temporal: new Client({ connection: away }),
    logger: createLogger('test', 'silent'),
    publicUrl: PUBLIC_URL,
  })
  const app = createApp({ ...deps, sessions: QUIET })
  return {
    app,
    deps,
    database,
    inside: async (given = {}) => {
      members += 1
      const connection = given.connection ?? 'kantar-us'
      const providerSurveyId = given.providerSurveyId ?? 'plan-1'
      await stock(database.knex, { providerSurveyId }, connection)
      const member = given.providerPanelistId ?? `member-${members}`
      const row = await enteredSession(database.knex, {
        provider: connection.split('-')[0] ?? connection,
        providerPanelistId: member,
        createdAt: new Date(Date.now() - MINUTE),
        ...given,
        connection,
        providerSurveyId,
      })
      return { id: row.session_id, theirs: row.provider_session_id ?? '', member }
    },
    sign: (claims) =>
      new SignJWT(claims).setProtectedHeader({ alg: 'ES256' }).setIssuedAt().setExpirationTime('5m').sign(privateKey),
    get: (path) => request(app).get(path).redirects(0),
    post: (path, body) => request(app).post(path).send(body),
    close: async () => {
      await close()
      await database.drop()
    },
  }
}

/** A Toluna member status, signed over survey, wave and member as the connection is configured. */
export const memberStatus = (fields: {
  SurveyID: number
  WaveId: number
  UniqueCode: string
  [more: string]: unknown
}) => ({
  ...fields,
  EncryptedValue: createHmac('sha256', TOLUNA_SECRET)
    .update(`${fields.SurveyID}${fields.WaveId}${fields.UniqueCode}`)
    .digest('hex'),
})

/** The path of a Toluna return, signed over its address. */
export function tolunaReturn(query: string): string {
  const path = `/returns/toluna-us?${query}&`
  return `${path}encValue=${createHmac('sha256', TOLUNA_SECRET).update(`${PUBLIC_URL}${path}`).digest('hex')}`
}

/** The path of a PureSpectrum return, signed over its address. */
export function pureSpectrumReturn(query: string): string {
  const path = `/returns/purespectrum?${query}`
  return `${path}&ps_hash=${createHash('sha1').update(`${PUBLIC_URL}${path}${PURESPECTRUM_SECRET}`).digest('hex')}`
}
