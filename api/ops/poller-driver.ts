import {
  type Client,
  isGrpcServiceError,
  type WorkflowHandle,
  WorkflowNotFoundError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client'
import {
  pausePolling,
  pollNow,
  pollWorkflowId,
  type RedriveAnswer,
  redriveRecord,
  resumePolling,
} from '../../workflows/messages/poll.js'
import { Problem } from '../http/problem.js'
import type { ConnectionAction } from './schemas.js'

/** Timeout for a signal to Temporal; after it Temporal counts as away. */
const SIGNAL_DEADLINE_MS = 5_000
/** Timeout of a redrive, for which a worker reads one page of bytes and writes one row. */
const REDRIVE_DEADLINE_MS = 8_000

/**
 * Signals an operator's action to a connection's poll loop. The loop itself stores a pause in PostgreSQL.
 * @param reason shown to operators while it is paused
 * @throws Problem 503 when Temporal is away, or when the loop does not run (yet)
 */
export async function tellPoller(
  client: Client,
  connection: string,
  action: ConnectionAction,
  reason: string,
): Promise<void> {
  const signals: Record<ConnectionAction, (loop: WorkflowHandle) => Promise<void>> = {
    pause: (loop) => loop.signal(pausePolling, reason),
    resume: (loop) => loop.signal(resumePolling),
    poll: (loop) => loop.signal(pollNow),
  }
  await withPoller(client, connection, SIGNAL_DEADLINE_MS, signals[action])
}

/**
 * Makes a connection's poll loop read a quarantined record again.
 * @throws Problem 503 as `tellPoller`, and when no worker answers in time
 */
export async function redriveByPoller(
  client: Client,
  connection: string,
  quarantineId: string,
): Promise<RedriveAnswer> {
  return withPoller(client, connection, REDRIVE_DEADLINE_MS, (loop) =>
    loop.executeUpdate(redriveRecord, { args: [quarantineId] }),
  )
}

async function withPoller<Answer>(
  client: Client,
  connection: string,
  deadlineMs: number,
  work: (loop: WorkflowHandle) => Promise<Answer>,
): Promise<Answer> {
  const loop = client.workflow.getHandle(pollWorkflowId(connection))
  try {
    return await client.connection.withDeadline(Date.now() + deadlineMs, () => work(loop))
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) {
      throw new Problem(
        503,
        'poller_not_running',
        `The poll loop of ${connection} does not run; a worker for the queue "supply" starts it`,
        { retryAfterSeconds: 10 },
      )
    }
    if (isAway(error)) {
      throw new Problem(
        503,
        'temporal_unavailable',
        'Temporal, or its worker, does not answer for the moment; try again',
        {
          retryAfterSeconds: 5,
        },
      )
    }
    throw error
  }
}

/** True for UNAVAILABLE, DEADLINE_EXCEEDED or CANCELLED, by itself or wrapped in a client error. */
function isAway(error: unknown): boolean {
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return true
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error
  return isGrpcServiceError(cause) ? [14, 4, 1].includes(cause.code) : false
}
