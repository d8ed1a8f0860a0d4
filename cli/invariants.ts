import { connectDatabase } from '../db/connect.js'
import { checkInvariants, invariants } from '../db/invariants/check.js'
import { embeddedDatabaseUrl } from '../platform/config/embedded-database.js'
import { readEnvironment } from '../platform/config/environment.js'

/** `npm run invariants`: runs every invariant's SQL on the live database. Exit code 0 only when none is broken. */
async function main(): Promise<number> {
  const environment = readEnvironment(process.env)
  const url = environment.databaseUrl ?? embeddedDatabaseUrl(environment.dataDirectory)
  if (url === null) {
    process.stderr.write(
      `invariants: no database in ${environment.dataDirectory}; start it with npm start, or set DATABASE_URL\n`,
    )
    return 2
  }
  const knex = connectDatabase({ url, applicationName: 'tributary invariants', poolSize: 1 })
  try {
    const broken = await checkInvariants(knex)
    for (const { invariant, rows } of broken) {
      process.stdout.write(`BROKEN ${invariant.id}: ${invariant.promise}\n`)
      for (const row of rows) process.stdout.write(`  ${JSON.stringify(row)}\n`)
    }
    process.stdout.write(`${invariants.length - broken.length} invariants hold, ${broken.length} broken\n`)
    return broken.length === 0 ? 0 : 1
  } finally {
    await knex.destroy()
  }
}

main().then(
  (code) => {
    process.exitCode = code
  },
  (error: unknown) => {
    process.stderr.write(`invariants: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 2
  },
)
