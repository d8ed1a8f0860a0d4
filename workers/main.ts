import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Client, Connection } from '@temporalio/client'
import { NativeConnection } from '@temporalio/worker'
import { connectDatabase } from '../db/connect.js'
import { readEnvironment } from '../platform/config/environment.js'
import { ConfigError } from '../platform/config/faults.js'
import { loadConfig } from '../platform/config/load.js'
import { locateConfig } from '../platform/config/locate.js'
import { createHttp } from '../platform/egress/http-client.js'
import { readFailpoints } from '../platform/failpoints.js'
import { createLogger } from '../platform/logger.js'
import { clientOptions, dataConverter, temporalSettings } from '../platform/temporal/connection.js'
import { connectionSchemas } from '../providers/connection-schemas.js'
import { createProviderHttp } from '../providers/provider-http.js'
import { createUpstreams } from '../providers/upstreams.js'
import { createActivitySet } from './activity-set.js'
import { createWorkers } from './create-workers.js'
import { startHeartbeats } from './heartbeats.js'
import { untilItWorks } from './patience.js'
import { readQueueGroups } from './queues.js'
import { reconcileConnections } from './reconcile-connections.js'
import { installSdkLogging } from './sdk-logging.js'
import { startJanitor } from './start-janitor.js'
import { workflowBundle } from './workflow-bundle.js'

const checkout = dirname(dirname(fileURLToPath(import.meta.url)))

/** The worker process: `npm run worker -- --queues supply,sessions,finance`. */
async function main(): Promise<void> {
  process.title = 'tributary worker'
  const groups = readQueueGroups(process.argv.slice(2))
  const environment = readEnvironment(process.env)
  readFailpoints(process.env)
  if (environment.databaseUrl === null) {
    throw new ConfigError([
      'DATABASE_URL: is not set; example: DATABASE_URL=postgres://user:password@127.0.0.1:5432/tributary',
    ])
  }
  const { file } = locateConfig(process.env, checkout, process.cwd())
  const config = loadConfig({ file, env: process.env, connectionSchemas })
  const logger = createLogger('worker', environment.logLevel)
  const sdkLogger = installSdkLogging(logger)
  const stopping = new AbortController()
  const clock = () => new Date()

  const converter = dataConverter(config.codec.key)
  const knex = connectDatabase({ url: environment.databaseUrl, applicationName: 'tributary worker', poolSize: 20 })
  const egress = createHttp(config.egress)
  const http = createProviderHttp(egress)
  const upstreams = createUpstreams(config, http)
  const activities = createActivitySet({ config, knex, http, findUpstream: upstreams.find, logger, clock })
  const { connectionOptions, namespace } = temporalSettings()

  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stopping.abort())

  const [bundle, connection] = await Promise.all([
    workflowBundle({
      cacheFolder: join(checkout, 'node_modules', '.cache', 'tributary'),
      failureConverterPath: converter.failureConverterPath,
      logger: sdkLogger,
    }),
    untilItWorks('Temporal', logger, stopping.signal, () => NativeConnection.connect(connectionOptions)),
  ])
  const workers = await untilItWorks('workers', logger, stopping.signal, () =>
    createWorkers({
      connection,
      namespace,
      dataConverter: converter,
      workflowBundle: bundle,
      activities,
      connections: upstreams.all.map((upstream) => ({
        id: upstream.connection,
        ratePerSecond: upstream.config.ratePerSecond,
        polled: upstream.adapter.feed !== undefined,
      })),
      groups,
    }),
  )
  const running = workers.map((worker) => worker.run())
  const stop = () => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown()
  }
  if (stopping.signal.aborted) stop()
  stopping.signal.addEventListener('abort', stop)
  // when one worker dies, stop the others: the supervisor restarts the process
  const ended = Promise.all(running).finally(stop)
  ended.catch(() => {})
  const queues = workers.map((worker) => worker.options.taskQueue)
  const stopHeartbeats = startHeartbeats(knex, queues, logger)
  logger.info({ queues }, 'ready')
  process.send?.({ event: 'ready' })

  const client = new Client({
    connection: Connection.lazy({ ...clientOptions(connectionOptions), connectTimeout: '5s' }),
    namespace,
    dataConverter: converter,
  })
  if (groups.includes('sessions')) {
    untilItWorks('janitor', logger, stopping.signal, () => startJanitor(client)).catch(() => {})
  }
  if (groups.includes('supply')) {
    const parts = { knex, client, upstreams: upstreams.all, logger, clock }
    untilItWorks('connections', logger, stopping.signal, () => reconcileConnections(parts)).catch(() => {})
  }

  await ended.finally(stopHeartbeats)
  await connection.close()
  await egress.close()
  await knex.destroy()
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    const lines =
      error instanceof ConfigError
        ? error.lines
        : [`worker: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`]
    process.stderr.write(`${lines.join('\n')}\n`)
    process.exit(1)
  },
)
