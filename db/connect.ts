import knexFactory, { type Knex } from 'knex'
import type pg from 'pg'
import { type DatabaseSilent, WatchedClient } from './watched-client.js'

export type { Knex }

/**
 * What waits for an answer, which decides for how long: `request` = somebody outside of the house; `work` = an activity
 * or a command, which can be tried again; `schema` = migrations, which take as long as they take.
 */
export type Patience = 'request' | 'work' | 'schema'

interface Limits {
  /** Until a connection of the pool is free. */
  readonly acquireMs: number
  readonly connectMs: number
  /** Without a byte from the server in the middle of a query; null = no limit. */
  readonly silentMs: number | null
  /** PostgreSQL's own limit of a statement: shorter, so that what nobody waits for any more ends there too. */
  readonly statementMs: number | null
  /**
   * PostgreSQL's own limit of a transaction that does nothing: a process that froze in one holds its locks that long.
   */
  readonly idleInTransactionMs: number | null
}

/** docs/architecture.md, "Nothing waits for ever". */
const LIMITS: Readonly<Record<Patience, Limits>> = {
  // together less than 10 s, in which every route answers
  request: {
    acquireMs: 4_000,
    connectMs: 4_000,
    silentMs: 4_500,
    statementMs: 4_000,
    idleInTransactionMs: 15_000,
  },
  work: {
    acquireMs: 5_000,
    connectMs: 4_000,
    silentMs: 65_000,
    statementMs: 60_000,
    idleInTransactionMs: 120_000,
  },
  schema: { acquireMs: 5_000, connectMs: 4_000, silentMs: null, statementMs: null, idleInTransactionMs: null },
}

export interface DatabaseOptions {
  readonly url: string
  /** Seen in pg_stat_activity. */
  readonly applicationName: string
  readonly poolSize?: number
  /** Migrations run as the owner; everything else becomes `tributary_app`. */
  readonly asOwner?: boolean
  /** How long an answer is waited for [`work`, of an owner `schema`]. */
  readonly patience?: Patience
}

/**
 * A pool of PostgreSQL connections. Every one becomes `tributary_app` before its first use: a role which owns nothing,
 * so that row-level security is a real second wall (docs/architecture.md, Where truth lives). No call on it waits for
 * ever, also when the server is there but frozen: see `Patience`.
 */
export function connectDatabase(options: DatabaseOptions): Knex {
  const limits = LIMITS[options.patience ?? (options.asOwner ? 'schema' : 'work')]
  const session = [
    options.asOwner ? '' : 'set role tributary_app',
    "set timezone to 'UTC'",
    limits.statementMs === null ? '' : `set statement_timeout to ${limits.statementMs}`,
    limits.idleInTransactionMs === null
      ? ''
      : `set idle_in_transaction_session_timeout to ${limits.idleInTransactionMs}`,
  ]
    .filter((statement) => statement !== '')
    .join('; ')
  const knex = knexFactory({
    client: 'pg',
    connection: {
      connectionString: options.url,
      application_name: options.applicationName,
      connectionTimeoutMillis: limits.connectMs,
      keepAlive: true,
    },
    pool: {
      min: 0,
      max: options.poolSize ?? 10,
      // shorter than a caller's patience: with PostgreSQL away a request must learn it and answer 503
      acquireTimeoutMillis: limits.acquireMs,
      createTimeoutMillis: 5_000,
      createRetryIntervalMillis: 100,
      propagateCreateError: true,
      afterCreate: (connection: WatchedClient, done: (error: Error | null, connection: WatchedClient) => void) => {
        void connection.query(session, (error) => done(error, connection))
      },
    },
    // what it would print is thrown to the caller, who logs it
    log: { warn: () => undefined },
  })
  watchConnections(knex, limits.silentMs)
  return knex
}

/**
 * Has the pool made of watched connections. When one finds its server silent, the idle ones are given up with it: a
 * request that gets one of them would have to find out once more.
 */
function watchConnections(knex: Knex, silentMs: number | null): void {
  const open = new Set<WatchedClient>()
  const dropIdle = (error: DatabaseSilent): void => {
    for (const client of open) if (client.isIdle) client.drop(error)
  }
  class PooledClient extends WatchedClient {
    constructor(config: pg.ClientConfig) {
      super(config, { silentMs, onSilence: dropIdle })
      open.add(this)
      this.once('end', () => open.delete(this))
    }
  }
  // knex makes its connections of its driver's Client, and takes no other class by its settings
  knex.client.driver = { Client: PooledClient }
}

const AWAY_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOENT',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  // given up by PostgreSQL: a statement over its limit, a transaction that did nothing for too long
  '57014',
  '25P03',
  '57P01',
  '57P02',
  '57P03',
  '53300',
  '08000',
  '08001',
  '08003',
  '08004',
  '08006',
])

/** True when an error says that PostgreSQL cannot be reached now (as opposed to refusing what was asked). */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code } = error as { code?: unknown }
  if (typeof code === 'string' && AWAY_CODES.has(code)) return true
  if (error.name === 'KnexTimeoutError' || error.name === 'TimeoutError') return true
  if (
    /Connection terminated|connection timeout|Client has encountered a connection error|Unable to acquire a connection|timeout expired/i.test(
      error.message,
    )
  )
    return true
  return error instanceof AggregateError ? error.errors.some(isDatabaseAway) : false
}

/** True when an error says that a text held a character which PostgreSQL does not store: NUL, half a surrogate pair. */
export function isUnstorableText(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code } = error as { code?: unknown }
  return code === '22021' || code === '22P05'
}

/** PostgreSQL's name of the unique or check constraint which an error broke, or null. */
export function brokenConstraint(error: unknown): string | null {
  if (!(error instanceof Error)) return null
  const { code, constraint } = error as { code?: unknown; constraint?: unknown }
  return (code === '23505' || code === '23514') && typeof constraint === 'string' ? constraint : null
}
