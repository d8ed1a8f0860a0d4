import knexFactory, { type Knex } from 'knex'
import type pg from 'pg'
import { type DatabaseSilent, WatchedClient } from './watched-client.js'

export type { Knex }

/**
 * The caller, which determines the timeouts: `request` = an HTTP request; `work` = an activity or a command, which can
 * be retried; `schema` = migrations, without a limit.
 */
export type Patience = 'request' | 'work' | 'schema'

interface Limits {
  /** Wait for a free connection of the pool. */
  readonly acquireMs: number
  readonly connectMs: number
  /** Silence of the server during a query; null = no limit. */
  readonly silentMs: number | null
  /** PostgreSQL's `statement_timeout`: shorter, so that the server also ends statements that the client abandoned. */
  readonly statementMs: number | null
  /**
   * PostgreSQL's `idle_in_transaction_session_timeout`: a process that froze in a transaction holds its locks at most
   * this long.
   */
  readonly idleInTransactionMs: number | null
}

/** The timeouts of docs/architecture.md. */
const LIMITS: Readonly<Record<Patience, Limits>> = {
  // in total below 10 s, the limit of every route
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
  /** Migrations run as the owner; everything else runs as `tributary_app`. */
  readonly asOwner?: boolean
  /** The timeouts [`work`; `schema` with `asOwner`]. */
  readonly patience?: Patience
}

/**
 * A pool of PostgreSQL connections. Each switches to the role `tributary_app` before its first use; the role owns no
 * tables, so that row-level security applies to it (docs/architecture.md, Where truth lives). Every call has a timeout,
 * also when the server is frozen: see `Patience`.
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
      // shorter than the caller's timeout, so that a request can answer 503 while PostgreSQL is unavailable
      acquireTimeoutMillis: limits.acquireMs,
      createTimeoutMillis: 5_000,
      createRetryIntervalMillis: 100,
      propagateCreateError: true,
      afterCreate: (connection: WatchedClient, done: (error: Error | null, connection: WatchedClient) => void) => {
        void connection.query(session, (error) => done(error, connection))
      },
    },
    // the caller logs the thrown error
    log: { warn: () => undefined },
  })
  watchConnections(knex, limits.silentMs)
  return knex
}

/**
 * Makes the pool use watched connections. When one finds the server silent, the idle ones are closed too, because a
 * request that gets one of them would wait for the timeout again.
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
  // knex creates connections with its driver's Client, and has no setting for another class
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
  // ended by PostgreSQL: statement timeout, idle-in-transaction timeout
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

/** True for an error that means that PostgreSQL is unavailable now, not that it refused a statement. */
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

/** True for an error about a character that PostgreSQL cannot store: NUL, half a surrogate pair. */
export function isUnstorableText(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code } = error as { code?: unknown }
  return code === '22021' || code === '22P05'
}

/** The name of the unique or check constraint that caused an error, or null. */
export function brokenConstraint(error: unknown): string | null {
  if (!(error instanceof Error)) return null
  const { code, constraint } = error as { code?: unknown; constraint?: unknown }
  return (code === '23505' || code === '23514') && typeof constraint === 'string' ? constraint : null
}
