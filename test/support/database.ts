import { createHash, randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { connectDatabase, type Knex } from '../../db/connect.js'
import { migrate } from '../../db/migrate.js'
import { migrationSource } from '../../db/migrations/index.js'
import { PATIENCE_MS } from './patience.js'

/** A migrated database of one test file. */
export interface TestDatabase {
  readonly url: string
  /** With the application's role, `tributary_app`. As the owner: `connectDatabase({ url, asOwner: true, … })`. */
  readonly knex: Knex
  /** Closes the pool and drops the database, also when other connections are open. */
  readonly drop: () => Promise<void>
}

const TEMPLATE_LOCK = 7_411_900

/**
 * A new database with the newest schema, copied from a template that is migrated once per schema (about 50 ms each).
 * Call it in `beforeAll`, `drop` it in `afterAll`.
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  return createDatabase(async (admin, server, name) => {
    await admin.raw('create database ?? template ??', [name, await ensureTemplate(admin, server)])
  })
}

const createEmptyDatabase = (): Promise<TestDatabase> =>
  createDatabase(async (admin, _server, name) => {
    await admin.raw('create database ??', [name])
  })

async function createDatabase(
  create: (admin: Knex, server: string, name: string) => Promise<void>,
): Promise<TestDatabase> {
  const server = testServerUrl()
  const name = `tributary_test_${process.pid}_${randomBytes(4).toString('hex')}`
  await untilItConnects(async () => {
    const admin = connectDatabase({ url: server, applicationName: 'tributary test setup', asOwner: true, poolSize: 2 })
    try {
      await create(admin, server, name)
    } finally {
      await admin.destroy()
    }
  })
  const url = withDatabase(server, name)
  const knex = connectDatabase({ url, applicationName: 'tributary test' })
  return {
    url,
    knex,
    drop: async () => {
      await knex.destroy()
      const cleaner = connectDatabase({ url: server, applicationName: 'tributary test cleanup', asOwner: true })
      try {
        await cleaner.raw('drop database if exists ?? with (force)', [name])
      } finally {
        await cleaner.destroy()
      }
    },
  }
}

/**
 * A new database as an earlier version left it: only the migrations up to this one have run.
 * @param last the name of a migration, `0027-waiting-respondents`
 */
export async function createDatabaseAt(last: string): Promise<TestDatabase> {
  const database = await createEmptyDatabase()
  const migrations = await migrationSource.getMigrations([])
  const count = migrations.findIndex((one) => migrationSource.getMigrationName(one) === last) + 1
  if (count === 0) throw new Error(`there is no migration ${last}`)
  const earlier = { ...migrationSource, getMigrations: async () => migrations.slice(0, count) }
  const owner = connectDatabase({ url: database.url, applicationName: 'tributary test migrate', asOwner: true })
  try {
    await owner.migrate.latest({ migrationSource: earlier })
  } finally {
    await owner.destroy()
  }
  return database
}

/** The product gives a connection up after seconds, so that a request can answer 503; a test on a busy machine tries again. */
async function untilItConnects(work: () => Promise<void>): Promise<void> {
  for (const giveUpAt = Date.now() + PATIENCE_MS; ; ) {
    try {
      return await work()
    } catch (error) {
      const slow = error instanceof Error && /^timeout expired$|operation timed out/.test(error.message)
      if (!slow || Date.now() > giveUpAt) throw error
    }
  }
}

function testServerUrl(): string {
  const url = process.env.TEST_DATABASE_URL
  if (url === undefined || url === '') throw new Error('TEST_DATABASE_URL is not set: run the tests with `npm test`')
  return url
}

function withDatabase(url: string, database: string): string {
  const parsed = new URL(url)
  parsed.pathname = `/${database}`
  return parsed.toString()
}

/** The template has the hash of the migrations in its name: an edited migration makes a new one. */
async function ensureTemplate(admin: Knex, server: string): Promise<string> {
  const template = `tributary_template_${migrationsHash()}`
  await admin.transaction(async (lock) => {
    await lock.raw('select pg_advisory_xact_lock(?)', [TEMPLATE_LOCK])
    const found = await lock('pg_database').where({ datname: template }).first()
    if (found !== undefined) return
    const draft = `${template}_draft`
    await admin.raw('drop database if exists ?? with (force)', [draft])
    await admin.raw('create database ??', [draft])
    await migrate(withDatabase(server, draft))
    await admin.raw('alter database ?? rename to ??', [draft, template])
    // forbid connections: a connection to a template makes the copying fail
    await admin.raw('alter database ?? with is_template true allow_connections false', [template])
  })
  return template
}

function migrationsHash(): string {
  const folder = new URL('../../db/migrations/', import.meta.url)
  const hash = createHash('sha256')
  for (const file of readdirSync(folder).sort()) hash.update(file).update(readFileSync(new URL(file, folder)))
  return hash.digest('hex').slice(0, 16)
}
