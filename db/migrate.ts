import { connectDatabase, type Knex } from './connect.js'
import { migrationSource } from './migrations/index.js'

const MIGRATION_LOCK = 7_411_000

/**
 * Migrates a database to the newest schema. Safe to run by several processes at the same time and after a crash: it
 * uses an advisory lock, which PostgreSQL releases with the connection, instead of knex's lock row, which a killed
 * process leaves behind.
 * @param url with a role that may create tables and roles
 * @returns the names of the migrations that ran
 */
export async function migrate(url: string): Promise<string[]> {
  const knex = connectDatabase({ url, applicationName: 'tributary migrate', asOwner: true, poolSize: 3 })
  const config: Knex.MigratorConfig = { migrationSource }
  try {
    return await knex.transaction(async (lock) => {
      await lock.raw('select pg_advisory_xact_lock(?)', [MIGRATION_LOCK])
      await knex.migrate.forceFreeMigrationsLock(config)
      const [, ran] = (await knex.migrate.latest(config)) as [number, string[]]
      return ran
    })
  } finally {
    await knex.destroy()
  }
}

/** True when every migration of this version has run; for /readyz. */
export async function isMigrated(knex: Knex): Promise<boolean> {
  const known = await migrationSource.getMigrations([])
  const rows: { name: string }[] = await knex('knex_migrations').select('name')
  const done = new Set(rows.map((row) => row.name))
  return known.every((migration) => done.has(migrationSource.getMigrationName(migration)))
}
