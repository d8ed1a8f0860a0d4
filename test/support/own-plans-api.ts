import { once } from 'node:events'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client, Connection } from '@temporalio/client'
import type { Express } from 'express'
import { createApp } from '../../api/app.js'
import { composeApi } from '../../api/compose.js'
import { openConnection } from '../../db/stores/connection-store.js'
import { GATEWAY } from '../../domain/plan/survey-plan.js'
import { loadConfig } from '../../platform/config/load.js'
import { createLogger } from '../../platform/logger.js'
import { connectionSchemas } from '../../providers/connection-schemas.js'
import { createTestDatabase, type TestDatabase } from './database.js'

export const OWN_PLANS_KEYS = {
  lifepoints: 'tk_lifepoints_0123456789',
  toplife: 'tk_toplife_0123456789',
  ops: 'ok_ops_0123456789',
  acme: 'dk_acme_0123456789',
  globex: 'dk_globex_0123456789',
  decipher: 'pk_decipher_0123456789',
} as const

const panel = (id: string, key: string) => `
  - id: ${id}
    api_key: "${key}"
    markets: { USA: { locales: [en-US, es-US], currency: USD } }
    redirects: { default: "https://${id}.example/done" }
    postback: { url: "https://${id}.example/hooks", secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" }
    reward: { currency: points, per_major_unit: 100, share_percent: 50, screenout: 0 }`

const CONFIG = `
operators: [{ id: ops, api_key: "${OWN_PLANS_KEYS.ops}", roles: [ops] }]
demand_partners:
  - { id: acme, buyer_id: 145, api_key: "${OWN_PLANS_KEYS.acme}", templates: true }
  - { id: globex, api_key: "${OWN_PLANS_KEYS.globex}" }
survey_platforms: [{ id: DECIPHER, api_key: "${OWN_PLANS_KEYS.decipher}" }]
panels:${panel('lifepoints', OWN_PLANS_KEYS.lifepoints)}${panel('toplife', OWN_PLANS_KEYS.toplife)}
connections:
  - { id: kantar-us, provider: kantar, supply_url: "https://supply.example", api_key: "k_0123456789" }
`

/** The whole API with buyers, panels and a survey platform, on a database of its own; its Temporal is down. */
export interface OwnPlansApi {
  readonly app: Express
  readonly database: TestDatabase
  readonly baseUrl: string
  readonly close: () => Promise<void>
}

export async function startOwnPlansApi(): Promise<OwnPlansApi> {
  const database = await createTestDatabase()
  const file = join(mkdtempSync(join(tmpdir(), 'tributary-test-')), 'tributary.yaml')
  writeFileSync(file, CONFIG)
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const away = Connection.lazy({ address: '127.0.0.1:1', connectTimeout: '1s' })
  const { deps, close } = await composeApi({
    config: loadConfig({ file, env: {}, connectionSchemas }),
    knex: database.knex,
    databaseUrl: database.url,
    temporal: new Client({ connection: away }),
    logger: createLogger('test', 'silent'),
    publicUrl: baseUrl,
  })
  const app = createApp(deps)
  server.on('request', app)
  await openConnection(database.knex, { connection: GATEWAY, provider: GATEWAY })
  await deps.catalogue.start()
  return {
    app,
    database,
    baseUrl,
    close: async () => {
      server.closeAllConnections()
      server.close()
      // the channel to Temporal stays open: calls in progress still use it, and a closed one would make them throw
      await close()
      await database.drop()
    },
  }
}
