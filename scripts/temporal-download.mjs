/**
 * Downloads the Temporal server through the SDK into the folder given as the argument: the SDK does so when it
 * starts a server, which is stopped again at once. A process of its own, because the SDK's native code cannot be
 * interrupted and keeps the process that loads it busy.
 */
import { TestWorkflowEnvironment } from '@temporalio/testing'

const server = await TestWorkflowEnvironment.createLocal({
  server: { executable: { type: 'cached-download', downloadDir: process.argv[2], ttl: 0 } },
})
await server.teardown()
