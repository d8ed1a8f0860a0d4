import { connectDatabase, type Knex } from '../db/connect.js'
import { embeddedDatabaseUrl } from '../platform/config/embedded-database.js'
import { readEnvironment } from '../platform/config/environment.js'
import type { CommandContext } from './command-context.js'

/** The URL of the live database: `DATABASE_URL`, else the embedded one of `TRIBUTARY_DATA`; null = none. */
export function liveDatabaseUrl(context: CommandContext): string | null {
  const environment = readEnvironment(context.env, context.directory)
  return environment.databaseUrl ?? embeddedDatabaseUrl(environment.dataDirectory)
}

/**
 * Runs `work` on the live database with the application's role, and closes the connection.
 * @throws Error that says how to get a database, when there is none
 */
export async function withLiveDatabase<Result>(
  context: CommandContext,
  command: string,
  work: (knex: Knex) => Promise<Result>,
): Promise<Result> {
  const url = liveDatabaseUrl(context)
  if (url === null) {
    const { dataDirectory } = readEnvironment(context.env, context.directory)
    throw new Error(`no database in ${dataDirectory}; start it with npm start, or set DATABASE_URL`)
  }
  const knex = connectDatabase({ url, applicationName: `tributary ${command}`, poolSize: 1 })
  try {
    return await work(knex)
  } finally {
    await knex.destroy()
  }
}
