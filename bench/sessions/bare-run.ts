import { Client, Connection, WithStartWorkflowOperation } from '@temporalio/client'
import { inParallel } from '../support/figures.js'
import { arrived, bareSession, entered, opened } from './bare-workflow.js'

/** Drives the bare workflow N times end to end. @returns sessions a second */
export async function runBare(
  temporalAddress: string,
  sessions: number,
  concurrency: number,
  prefix: string,
): Promise<number> {
  const connection = await Connection.connect({
    address: temporalAddress,
    // always a server on this machine, so never use a proxy
    channelArgs: { 'grpc.enable_http_proxy': 0 },
  })
  const client = new Client({ connection })
  const startedAt = performance.now()
  await inParallel(sessions, concurrency, async (index) => {
    const id = `${prefix}-${index}`
    const startWorkflowOperation = new WithStartWorkflowOperation(bareSession, {
      workflowId: id,
      taskQueue: 'bare',
      args: [id],
      workflowIdConflictPolicy: 'USE_EXISTING',
    })
    await client.workflow.executeUpdateWithStart(opened, { startWorkflowOperation })
    const handle = await startWorkflowOperation.workflowHandle()
    await handle.signal(entered)
    await handle.signal(arrived)
    await handle.result()
  })
  const seconds = (performance.now() - startedAt) / 1000
  await connection.close()
  return sessions / seconds
}
