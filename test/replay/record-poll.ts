import { readFileSync, writeFileSync } from 'node:fs'
import { Worker } from '@temporalio/worker'
import { supplyQueue } from '../../domain/task-queues.js'
import { searchAttribute } from '../../domain/visibility.js'
import { failpointSinks } from '../../workers/failpoint-sinks.js'
import { configChanged, pausePolling, pollNow, redriveRecord, resumePolling } from '../../workflows/messages/poll.js'
import { pollProvider } from '../../workflows/poll-provider.js'
import { aPage, FakeSupply, unauthorized, unavailable } from '../support/fake-supply.js'
import { historyToText } from '../support/history.js'
import { connectTestTemporal, testWorkflowBundle } from '../support/temporal.js'

// Records the current history of pollProvider for a release: npx tsx test/replay/record-poll.ts v1
// (with `node scripts/dev-servers.mjs` running). Never record over the histories of a released version.
const [version = ''] = process.argv.slice(2)
if (!/^v\d+$/.test(version)) throw new Error('give the version, such as v1')
Object.assign(process.env, JSON.parse(readFileSync('.tributary-dev/servers.json', 'utf8')))

const temporal = await connectTestTemporal()
const bundle = await testWorkflowBundle()
const connection = 'kantar-us'
const queue = `record-${temporal.unique}`
const supply = new FakeSupply()
supply.poll = (n) => {
  if (n === 2) throw unavailable(1_500)
  if (n === 5) throw unauthorized()
  return aPage({
    everyMs: 1_000,
    committed: String(n),
    acked: String(n - 1),
    toAcknowledge: n === 7 ? null : String(n),
  })
}
const common = { connection: temporal.native, namespace: temporal.namespace, activities: supply.activities }
const workers = [
  await Worker.create({ ...common, taskQueue: queue, workflowBundle: bundle, sinks: failpointSinks }),
  await Worker.create({ ...common, taskQueue: supplyQueue(connection) }),
]
const ended = Promise.all(workers.map((worker) => worker.run()))
const loop = await temporal.client.workflow.start(pollProvider, {
  workflowId: `record-poll:${temporal.unique}`,
  taskQueue: queue,
  args: [{ connection, provider: 'kantar', pollsPerRun: 8 }],
  typedSearchAttributes: [{ key: searchAttribute('TributaryConnection'), value: connection }],
})
const first = (await loop.describe()).runId
const polls = async (count: number): Promise<void> => {
  while (supply.polls < count) await new Promise((resolve) => setTimeout(resolve, 50))
}
await polls(3)
await loop.signal(pausePolling, 'maintenance')
await loop.signal(pollNow)
await polls(4)
await loop.executeUpdate(redriveRecord, { args: ['0197b1c0-0000-7000-8000-000000000000'] })
await loop.signal(resumePolling)
await polls(5)
await new Promise((resolve) => setTimeout(resolve, 500))
await loop.signal(configChanged)
await polls(11)
await loop.signal(pausePolling, 'end of the recording')
await new Promise((resolve) => setTimeout(resolve, 1_000))

const save = async (name: string, runId?: string): Promise<void> => {
  const history = await temporal.client.workflow.getHandle(loop.workflowId, runId).fetchHistory()
  const file = new URL(`histories/poll-provider-${version}-${name}.json`, import.meta.url)
  writeFileSync(file, historyToText(history))
}
await save('failures-pause-continue-as-new', first)
await save('carried-and-paused')
await loop.terminate('recorded')
for (const worker of workers) worker.shutdown()
await ended
await temporal.close()
