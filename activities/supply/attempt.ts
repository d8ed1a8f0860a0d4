import { ApplicationFailure, Context } from '@temporalio/activity'
import { recordFailedPoll } from '../../db/stores/connection-health-store.js'
import type { ConnectionRow } from '../../db/stores/connection-store.js'
import { FAILURE_TYPES, needsHuman } from '../../domain/failure-types.js'
import type { Upstream } from '../../providers/upstream.js'
import { toTemporalFailure } from '../failures.js'
import type { SupplyDependencies } from './dependencies.js'

/** Well within the activity's heartbeat timeout. */
const HEARTBEAT_MS = 3_000

/** @throws a final failure when configuration no longer has the connection */
export function upstreamOf(deps: SupplyDependencies, connection: string): Upstream {
  const upstream = deps.findUpstream(connection)
  if (upstream !== null) return upstream
  throw ApplicationFailure.nonRetryable(
    `connection ${connection} is not in this worker's configuration`,
    FAILURE_TYPES.notConfigured,
  )
}

/**
 * Runs one call to the provider: heartbeats while it lasts, aborts its signal when the activity ends, and records a
 * failure in the connection's row before it throws it to Temporal.
 */
export async function attempt<Result>(
  deps: SupplyDependencies,
  row: ConnectionRow,
  work: (signal: AbortSignal, heartbeat: (details: unknown) => void) => Promise<Result>,
): Promise<Result> {
  const context = Context.current()
  const finished = new AbortController()
  let details: unknown = null
  const beat = setInterval(() => context.heartbeat(details), HEARTBEAT_MS)
  try {
    return await work(AbortSignal.any([context.cancellationSignal, finished.signal]), (news) => {
      details = news
    })
  } catch (error) {
    if (context.cancellationSignal.aborted) return await context.cancelled
    await note(deps, row, error)
    throw toTemporalFailure(error)
  } finally {
    clearInterval(beat)
    // stops any code that still reads the provider's answer
    finished.abort(new Error('the attempt is over'))
  }
}

async function note(deps: SupplyDependencies, row: ConnectionRow, error: unknown): Promise<void> {
  const failure = toTemporalFailure(error)
  const type = failure instanceof ApplicationFailure ? failure.type : undefined
  if (type === FAILURE_TYPES.staleEpoch) {
    deps.logger.warn({ connection: row.connection, epoch: row.pollEpoch }, 'overtaken attempt refused')
    return
  }
  const state = needsHuman(type ?? '') ? 'blocked' : 'degraded'
  deps.logger.warn({ connection: row.connection, state, err: error }, 'poll failed')
  try {
    await recordFailedPoll(deps.knex, row.connection, {
      epoch: row.pollEpoch,
      state,
      reason: plainMessage(failure),
      now: deps.clock(),
    })
  } catch (failed) {
    deps.logger.error({ connection: row.connection, err: failed }, 'failure not noted')
  }
}

/** Removes the SQL statement that knex puts before PostgreSQL's own message. */
function plainMessage(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return message.includes(' - ') && /^(insert|update|select|with|delete) /i.test(message)
    ? message.slice(message.lastIndexOf(' - ') + 3)
    : message
}
