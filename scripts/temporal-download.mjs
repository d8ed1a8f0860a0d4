/**
 * Downloads the Temporal server through the SDK into the folder given as the argument: the SDK downloads it when it
 * starts a server, which is then stopped immediately. A separate process, because the SDK's native code cannot be
 * interrupted and keeps the process that loads it busy.
 */
import { TestWorkflowEnvironment } from '@temporalio/testing'

const server = await TestWorkflowEnvironment.createLocal({
  server: { executable: { type: 'cached-download', downloadDir: process.argv[2], ttl: 0 } },
})
await server.teardown()
