import type { Client } from '@temporalio/client'
import { QUEUES } from '../domain/task-queues.js'

/** Starts the one janitor; does nothing when it already runs. */
export async function startJanitor(client: Client): Promise<void> {
  await client.workflow.start('janitor', {
    taskQueue: QUEUES.sessions,
    workflowId: 'janitor',
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    staticSummary: 'recovers abandoned starts, claims and messages, every 15 s',
  })
}
