import { type Logger, pino } from 'pino'

export type { Logger }

/**
 * The logger of one process. Logs events, not sentences; ids, never panelists, profiles, addresses or secrets. As a
 * second protection, fields that could hold one are removed by path.
 * @param name the process: api, worker, sandbox, …
 */
export function createLogger(name: string, level = process.env.LOG_LEVEL ?? 'info'): Logger {
  return pino({
    name,
    level,
    redact: {
      paths: [
        'authorization',
        'api_key',
        'secret',
        'profile',
        'user_ip',
        '*.authorization',
        '*.api_key',
        '*.secret',
        '*.profile',
        '*.user_ip',
        'headers',
        '*.headers',
      ],
      censor: '[redacted]',
    },
    serializers: { err: safeError, error: safeError },
  })
}

/**
 * An error's name, message, code and stack, without properties that libraries add (queries with bindings, requests,
 * keys).
 */
function safeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const code = (error as { code?: unknown }).code
  const cause = error.cause instanceof Error ? error.cause.message : undefined
  return {
    type: error.name,
    // knex puts the whole statement before " - "; PostgreSQL's own message follows
    message: error.message.includes(' - ') ? error.message.slice(error.message.lastIndexOf(' - ') + 3) : error.message,
    ...(typeof code === 'string' ? { code } : {}),
    ...(cause === undefined ? {} : { cause }),
    stack: error.stack?.split('\n').slice(1, 6).join('\n'),
  }
}
