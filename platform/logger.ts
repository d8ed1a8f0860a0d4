import { type Logger, pino } from 'pino'

export type { Logger }

/**
 * The logger of one process. Events, not sentences; ids, never panelists, profiles, addresses or secrets: what could
 * hold one is cut by path here as a second net.
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

/** An error's name, message, code and stack; nothing that libraries hang on it (queries with bindings, requests, keys). */
function safeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const code = (error as { code?: unknown }).code
  const cause = error.cause instanceof Error ? error.cause.message : undefined
  return {
    type: error.name,
    // knex puts the whole statement before " - "; the part after it is PostgreSQL's own message
    message: error.message.includes(' - ') ? error.message.slice(error.message.lastIndexOf(' - ') + 3) : error.message,
    ...(typeof code === 'string' ? { code } : {}),
    ...(cause === undefined ? {} : { cause }),
    stack: error.stack?.split('\n').slice(1, 6).join('\n'),
  }
}
