import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client, Connection } from '@temporalio/client'
import type { Express } from 'express'
import request from 'supertest'
import { createApp } from '../../api/app.js'
import { composeApi } from '../../api/compose.js'
import type { ApiDependencies } from '../../api/dependencies.js'
import { upsertSurveys } from '../../commands/supply/upsert-surveys.js'
import { withdrawSurveys } from '../../commands/supply/withdraw-surveys.js'
import type { Knex } from '../../db/connect.js'
import { stampRevisions } from '../../db/stores/stamper.js'
import { surveyIdOf } from '../../db/survey-id.js'
import type { Survey } from '../../domain/survey.js'
import { loadConfig } from '../../platform/config/load.js'
import { createLogger } from '../../platform/logger.js'
import { connectionSchemas } from '../../providers/connection-schemas.js'
import type { TestDatabase } from '../support/database.js'

export const KEYS = {
  lifepoints: 'tk_lifepoints_0123456789',
  toplife: 'tk_toplife_0123456789',
  narrow: 'tk_narrow_0123456789',
  acme: 'dk_acme_0123456789',
  platform: 'pk_decipher_0123456789',
  ops: 'ok_ops_0123456789',
} as const
export type TestPanel = 'lifepoints' | 'toplife' | 'narrow'

const ACCOUNTS = {
  'kantar-us': 'provider: kantar, supply_url: "https://supply.example", api_key: "k_0123456789"',
  'toluna-us':
    'provider: toluna, base_url: "https://toluna.example", api_auth_key: "k_0123456789", panel_guid: "0b5e9b1e-3f4e-4b0a-9a53-2f1d0b7c9e10", market: { country: USA, locale: en-US }',
  purespectrum: 'provider: purespectrum, base_url: "https://ps.example", access_token: "k_0123456789", supplier_id: 49',
  dynata:
    'provider: dynata, base_url: "https://dynata.example", pub_id: 123, application_key: "k_0123456789", security_key: "00112233445566778899aabbccddeeff", program_id: points',
} as const
export type TestConnection = keyof typeof ACCOUNTS

/** @param narrow the connections of the panel `narrow`; the others may use all */
function configuration(narrow: readonly string[]): string {
  const panel = (id: TestPanel) => `
  - id: ${id}
    api_key: "${KEYS[id]}"
    markets: { USA: { locales: [en-US, es-US], currency: USD }, GBR: { locales: [en-GB], currency: GBP } }
    redirects: { default: "https://${id}.example/done" }${id === 'narrow' ? `\n    connections: [${narrow.join(', ')}]` : ''}`
  return `
egress: { allow_private: true }
limits: { per_key_per_second: 100000, burst: 100000 }
operators: [{ id: ops, api_key: "${KEYS.ops}", roles: [ops] }]
demand_partners: [{ id: acme, api_key: "${KEYS.acme}" }]
survey_platforms: [{ id: DECIPHER, api_key: "${KEYS.platform}" }]
panels:${panel('lifepoints')}${panel('toplife')}${panel('narrow')}
connections:
${Object.entries(ACCOUNTS)
  .map(([id, settings]) => `  - { id: ${id}, ${settings} }`)
  .join('\n')}
`
}

export interface FeedApi {
  readonly app: Express
  readonly deps: ApiDependencies
  readonly close: () => Promise<void>
}

/** An API whose feed reads the given database. Its Temporal is down, because a feed needs none. */
export async function startFeedApi(
  database: TestDatabase,
  { narrow = ['kantar-us'], clock }: { narrow?: readonly string[]; clock?: () => Date } = {},
): Promise<FeedApi> {
  const file = join(mkdtempSync(join(tmpdir(), 'tributary-test-')), 'tributary.yaml')
  writeFileSync(file, configuration(narrow))
  const away = Connection.lazy({ address: '127.0.0.1:1', connectTimeout: '1s' })
  const { deps, close } = await composeApi({
    config: loadConfig({ file, env: {}, connectionSchemas }),
    knex: database.knex,
    databaseUrl: database.url,
    temporal: new Client({ connection: away }),
    logger: createLogger('test', 'silent'),
    publicUrl: 'http://tributary.example',
    ...(clock === undefined ? {} : { clock }),
  })
  return {
    app: createApp(deps),
    deps,
    close: async () => {
      await close()
      await away.close()
    },
  }
}

/** One element of the feed, as a panel reads it. */
export interface FeedUpdate {
  readonly version: string
  readonly ack_id: number
  readonly survey_session_creation_url: string
  readonly survey_plan: {
    readonly id: string
    readonly status: string
    readonly available_completes: number
    readonly quotas: readonly { id: string; status: string; available_completes: number }[]
    readonly [field: string]: unknown
  }
}

/** A panel's requests to the feed. */
export function panelOf({ app }: Pick<FeedApi, 'app'>, panel: TestPanel = 'lifepoints') {
  const key = { 'x-api-key': KEYS[panel] }
  const poll = async (): Promise<FeedUpdate[]> => {
    const answer = await request(app).get('/surveys').set(key)
    if (answer.status !== 200) throw new Error(`the feed answered ${answer.status}: ${answer.text}`)
    return answer.body as FeedUpdate[]
  }
  const ack = (ackId: unknown) => request(app).post('/surveys/ack').set(key).send({ ack_id: ackId })
  return {
    poll,
    ack,
    /** Reads and acknowledges the news. @returns plan id -> status */
    async news(): Promise<Record<string, string>> {
      const updates = await poll()
      const last = updates.at(-1)?.ack_id
      if (last !== undefined) {
        const answer = await ack(last)
        if (answer.status !== 204) throw new Error(`the ack answered ${answer.status}: ${answer.text}`)
      }
      return statuses(updates)
    },
  }
}

export const statuses = (updates: readonly FeedUpdate[]): Record<string, string> =>
  Object.fromEntries(updates.map(({ survey_plan }) => [survey_plan.id, survey_plan.status]))

let order = 0

/** Stores and stamps surveys of a connection. @returns their survey ids */
export async function offer(knex: Knex, connection: TestConnection, ...surveys: Survey[]): Promise<string[]> {
  await knex.transaction((trx) => upsertSurveys(trx, writerOf(connection), surveys.map(offered)))
  await stampRevisions(knex)
  return surveys.map(({ providerSurveyId }) => surveyIdOf(connection, providerSurveyId))
}

export const offered = (survey: Survey) => {
  order += 1
  return { survey, order: String(order), version: String(order), raw: Buffer.from('{}') }
}

export async function withdraw(knex: Knex, connection: TestConnection, providerSurveyId: string): Promise<void> {
  order += 1
  await knex.transaction((trx) =>
    withdrawSurveys(trx, writerOf(connection), [{ providerSurveyId, order: String(order) }]),
  )
  await stampRevisions(knex)
}

export const writerOf = (connection: TestConnection) => ({
  connection,
  provider: connection.replace(/-.*/, ''),
  epoch: '1',
  now: new Date(),
})
