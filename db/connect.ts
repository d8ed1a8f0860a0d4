import knexFactory, { type Knex } from 'knex'

export type { Knex }

export interface DatabaseOptions {
  readonly url: string
  /** Seen in pg_stat_activity. */
  readonly applicationName: string
  readonly poolSize?: number
  /** Migrations run as the owner; everything else becomes `tributary_app`. */
  readonly asOwner?: boolean
}

interface RawClient {
  query(text: string, done: (error: Error | null) => void): void
}

/**
 * A pool of PostgreSQL connections. Every one becomes `tributary_app` before its first use: a role which owns nothing,
 * so that row-level security is a real second wall (design §7).
 */
export function connectDatabase(options: DatabaseOptions): Knex {
  const session = [
    options.asOwner ? '' : 'set role tributary_app',
    "set timezone to 'UTC'",
    options.asOwner ? '' : 'set statement_timeout to 60000',
    options.asOwner ? '' : 'set idle_in_transaction_session_timeout to 120000',
  ]
    .filter((statement) => statement !== '')
    .join('; ')
  return knexFactory({
    client: 'pg',
    connection: {
      connectionString: options.url,
      application_name: options.applicationName,
      connectionTimeoutMillis: 4_000,
      keepAlive: true,
    },
    pool: {
      min: 0,
      max: options.poolSize ?? 10,
      // shorter than a caller's patience: with PostgreSQL away a request must learn it and answer 503
      acquireTimeoutMillis: 5_000,
      createTimeoutMillis: 5_000,
      createRetryIntervalMillis: 100,
      propagateCreateError: true,
      afterCreate: (connection: RawClient, done: (error: Error | null, connection: RawClient) => void) => {
        connection.query(session, (error) => done(error, connection))
      },
    },
  })
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
