import { DefaultLogger, type LogEntry, Runtime } from '@temporalio/worker'
import type { Logger } from '../platform/logger.js'

const LEVELS = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const

/** The SDK logs this for every queue that has only activities, which is most of ours. */
const NO_NEWS = 'No workflows registered, not polling for workflow tasks'

/**
 * Sends what the Temporal SDK logs to our logger. Call it once per process, before any other use of the SDK.
 * @returns the SDK's logger, for the bundler
 */
export function installSdkLogging(logger: Logger): DefaultLogger {
  const bridge = new DefaultLogger('WARN', ({ level, message, meta }: LogEntry) => {
    if (message === NO_NEWS) return
    const { error, taskQueue, workflowId, activityType, attempt } = meta ?? {}
    logger[LEVELS[level]]({ taskQueue, workflowId, activityType, attempt, err: error }, message)
  })
  Runtime.install({ logger: bridge, shutdownSignals: [] })
  return bridge
}
