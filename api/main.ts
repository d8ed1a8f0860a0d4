import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { connectDatabase } from '../db/connect.js'
import { readEnvironment } from '../platform/config/environment.js'
import { ConfigError } from '../platform/config/faults.js'
import { loadConfig } from '../platform/config/load.js'
import { locateConfig } from '../platform/config/locate.js'
import { createLogger } from '../platform/logger.js'
import { createTemporalClient } from '../platform/temporal/connection.js'
import { connectionSchemas } from '../providers/connection-schemas.js'
import { createApp } from './app.js'
import { composeApi } from './compose.js'

const checkout = dirname(dirname(fileURLToPath(import.meta.url)))
/** Requests in progress may take this long to finish at shutdown; then their connections are closed. */
const DRAIN_MS = 10_000

/** The API process: `npm run api`. */
async function main(): Promise<void> {
  process.title = 'tributary api'
  const environment = readEnvironment(process.env)
  if (environment.databaseUrl === null) {
    throw new ConfigError([
      'DATABASE_URL: is not set; example: DATABASE_URL=postgres://user:password@127.0.0.1:5432/tributary',
    ])
  }
  const logger = createLogger('api', environment.logLevel)
  const config = loadConfig({
    file: locateConfig(process.env, checkout, process.cwd()).file,
    env: process.env,
    connectionSchemas,
  })
  const knex = connectDatabase({
    url: environment.databaseUrl,
    applicationName: 'tributary api',
    poolSize: 16,
    patience: 'request',
  })
  const temporal = createTemporalClient(config.codec.key)

  const server = createServer({ requestTimeout: 60_000, headersTimeout: 15_000, keepAliveTimeout: 65_000 })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(environment.port, environment.host, resolve)
  })
  const { port } = server.address() as AddressInfo
  const host = environment.host.includes(':') ? `[${environment.host}]` : environment.host
  const bound = `http://${['0.0.0.0', '[::]'].includes(host) ? '127.0.0.1' : host}:${port}`
  const { deps, close } = await composeApi({
    config,
    knex,
    databaseUrl: environment.databaseUrl,
    temporal,
    logger,
    publicUrl: config.publicUrl ?? bound,
    sandboxUrl: process.env.TRIBUTARY_SANDBOX_URL ?? null,
  })
  server.on('request', createApp(deps))
  void deps.catalogue.start().then(() => {
    logger.info({ port, surveys: deps.catalogue.state().surveys }, 'ready')
    process.send?.({ event: 'ready', port })
  })

  let stopping = false
  const stop = async (): Promise<void> => {
    if (stopping) return
    stopping = true
    server.close()
    server.closeIdleConnections()
    setTimeout(() => server.closeAllConnections(), DRAIN_MS).unref()
    await new Promise((resolve) => server.once('close', resolve))
    await close()
    await temporal.connection.close().catch(() => undefined)
    await knex.destroy()
    process.exit(0)
  }
  process.on('SIGTERM', () => void stop())
  process.on('SIGINT', () => void stop())
}

main().catch((error: unknown) => {
  const lines =
    error instanceof ConfigError ? error.lines : [`api: ${error instanceof Error ? error.message : String(error)}`]
  process.stderr.write(`${lines.join('\n')}\n`)
  process.exit(1)
})
