import { DefaultLogger, type LogEntry, Runtime } from '@temporalio/worker'
import type { Logger } from '../platform/logger.js'

const LEVELS = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const

/**
 * Sends what the Temporal SDK logs to our logger. Once a process, before anything else of the SDK is used.
 * @returns the SDK's logger, for the bundler
 */
export function installSdkLogging(logger: Logger): DefaultLogger {
  const bridge = new DefaultLogger('WARN', ({ level, message, meta }: LogEntry) => {
    const { error, ...rest } = meta ?? {}
    logger[LEVELS[level]]({ sdk: rest, ...(error === undefined ? {} : { err: error }) }, message)
  })
  Runtime.install({ logger: bridge, shutdownSignals: [] })
  return bridge
}
