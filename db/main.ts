import { Connection } from '@temporalio/client'
import { clientOptions, temporalSettings } from '../platform/temporal/connection.js'
import { registerSearchAttributes } from '../platform/temporal/search-attributes.js'
import { migrate } from './migrate.js'

/** `npm run migrate`: migrates the schema, and registers Temporal's search attributes if TEMPORAL_ADDRESS is set. */
async function main(): Promise<void> {
  const url = process.env.DATABASE_URL
  if (url === undefined || url === '')
    throw new Error('DATABASE_URL is not set; example: postgres://user:password@127.0.0.1:5432/tributary')
  const ran = await migrate(url)
  process.stdout.write(ran.length === 0 ? 'database is up to date\n' : `migrated: ${ran.join(', ')}\n`)

  const { connectionOptions, namespace } = temporalSettings()
  if (connectionOptions.address === undefined) {
    process.stdout.write('TEMPORAL_ADDRESS is not set: search attributes were not registered\n')
    return
  }
  const connection = await Connection.connect({ ...clientOptions(connectionOptions), connectTimeout: '20s' })
  try {
    await registerSearchAttributes(connection, namespace)
    process.stdout.write(`search attributes are registered in namespace ${namespace}\n`)
  } finally {
    await connection.close()
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`migrate: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
})
