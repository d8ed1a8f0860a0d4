import { type Client, isGrpcServiceError, WorkflowNotFoundError } from '@temporalio/client'
import { pausePolling, pollNow, pollWorkflowId, resumePolling } from '../../workflows/messages/poll.js'
import { Problem } from '../http/problem.js'
import type { ConnectionAction } from './schemas.js'

/** An operator waits this long for Temporal; then it counts as away. */
const SIGNAL_DEADLINE_MS = 5_000

/**
 * Tells a connection's poll loop what an operator wants. The loop itself notes a pause where everybody looks.
 * @param reason shown to operators while it is paused
 * @throws Problem 503 when Temporal is away, or when the loop does not run (yet)
 */
export async function tellPoller(
  client: Client,
  connection: string,
  action: ConnectionAction,
  reason: string,
): Promise<void> {
  const handle = client.workflow.getHandle(pollWorkflowId(connection))
  const signals: Record<ConnectionAction, () => Promise<void>> = {
    pause: () => handle.signal(pausePolling, reason),
    resume: () => handle.signal(resumePolling),
    poll: () => handle.signal(pollNow),
  }
  try {
    await client.connection.withDeadline(Date.now() + SIGNAL_DEADLINE_MS, signals[action])
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
      throw new Problem(503, 'temporal_unavailable', 'Temporal cannot be reached for the moment; try again', {
        retryAfterSeconds: 5,
      })
    }
    throw error
  }
}

/** UNAVAILABLE, DEADLINE_EXCEEDED or CANCELLED, by itself or as what a client error wraps. */
function isAway(error: unknown): boolean {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error
  return isGrpcServiceError(cause) ? [14, 4, 1].includes(cause.code) : false
}
