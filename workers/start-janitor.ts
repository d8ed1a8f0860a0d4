import type { Client } from '@temporalio/client'
import { QUEUES } from '../domain/task-queues.js'

/** Starts the one janitor; it is running already after every start but the first. */
export async function startJanitor(client: Client): Promise<void> {
  await client.workflow.start('janitor', {
    taskQueue: QUEUES.sessions,
    workflowId: 'janitor',
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    staticSummary: 'starts, claims and messages that were left behind, every 15 s',
  })
}
