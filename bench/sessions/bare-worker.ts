import { fileURLToPath } from 'node:url'
import { NativeConnection, Worker } from '@temporalio/worker'

/** The worker of the bare workflow, in a separate process like the product's. */
async function main(): Promise<void> {
  const connection = await NativeConnection.connect({ address: process.env.TEMPORAL_ADDRESS ?? '' })
  const activities = {
    open: async (id: string) => `https://entry.example/${id}`,
    record: async (id: string) => `message-${id}`,
    deliver: async (_message: string) => {},
  }
  const busy = { type: 'autoscaling', minimum: 1, initial: 2, maximum: 16 } as const
  const workers = await Promise.all([
    Worker.create({
      connection,
      taskQueue: 'bare',
      workflowsPath: fileURLToPath(new URL('./bare-workflow.ts', import.meta.url)),
      activities,
      maxCachedWorkflows: 2_000,
      maxConcurrentWorkflowTaskExecutions: 100,
      workflowTaskPollerBehavior: { ...busy, minimum: 2, initial: 4 },
      activityTaskPollerBehavior: busy,
    }),
    Worker.create({ connection, taskQueue: 'bare-entry', activities, activityTaskPollerBehavior: busy }),
    Worker.create({ connection, taskQueue: 'bare-postbacks', activities, activityTaskPollerBehavior: busy }),
  ])
  process.on('SIGTERM', () => {
    for (const worker of workers) worker.shutdown()
  })
  const running = workers.map((worker) => worker.run())
  process.send?.({ event: 'ready' })
  await Promise.all(running)
  await connection.close()
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${String(error)}\n`)
    process.exit(1)
  },
)
