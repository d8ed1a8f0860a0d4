import type { Connection } from '@temporalio/client'
import type { NeededQueue } from '../../domain/task-queues.js'
import { readMismatchedAttributes } from '../../platform/temporal/search-attributes.js'
import { type Finding, fault, ok, warn, wordsOf } from './finding.js'

/** The task queue types of Temporal's protocol. */
const WORKFLOW_QUEUE = 1
const ACTIVITY_QUEUE = 2
const RUNNING = 1
const POLLER_SECONDS = 90

/** Checks the Temporal server, the search attributes, the pollers of every queue, and the janitor. */
export async function checkTemporal(
  connection: Connection,
  namespace: string,
  address: string,
  queues: readonly NeededQueue[],
): Promise<Finding[]> {
  const found: Finding[] = []
  try {
    const { serverVersion } = await connection.workflowService.getSystemInfo({})
    found.push(ok('Temporal', `server ${serverVersion} at ${address}, namespace ${namespace}`))
    found.push(attributesFinding(await readMismatchedAttributes(connection, namespace), namespace))
  } catch (error) {
    const wayOut = 'start it (npm start brings its own), or correct TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE'
    return [...found, fault('Temporal', `${address}: ${wordsOf(error)}`, wayOut)]
  }
  const served = await Promise.all(queues.map((queue) => pollersOf(connection, namespace, queue)))
  const deserted = queues.filter((_queue, at) => served[at] === 0)
  found.push(
    ...(deserted.length === 0 ? [ok('workers', `every queue is served (${queues.length})`)] : []),
    ...deserted.map(({ name, kind, group }) =>
      fault('workers', `no worker serves the ${kind} queue ${name}`, `npm run worker -- --queues ${group}`),
    ),
  )
  found.push(await janitor(connection, namespace))
  return found
}

function attributesFinding(wrong: readonly { name: string; found: number | null }[], namespace: string): Finding {
  const part = 'search attributes'
  const missing = wrong.filter((one) => one.found === null).map(({ name }) => name)
  const other = wrong.filter((one) => one.found !== null).map(({ name }) => name)
  if (other.length > 0) {
    const wayOut = `temporal operator search-attribute remove --name ${other[0]}, then npm run migrate; or another TEMPORAL_NAMESPACE`
    return fault(part, `${other.join(', ')}: another type in namespace ${namespace}`, wayOut)
  }
  if (missing.length > 0) return fault(part, `${missing.join(', ')}: not registered`, 'npm run migrate')
  return ok(part, 'all registered')
}

async function pollersOf(connection: Connection, namespace: string, { name, kind }: NeededQueue): Promise<number> {
  const { pollers } = await connection.workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name },
    taskQueueType: kind === 'workflow' ? WORKFLOW_QUEUE : ACTIVITY_QUEUE,
  })
  // Temporal lists pollers for minutes; a running one polls again within the minute that a long poll lasts
  const since = Date.now() / 1_000 - POLLER_SECONDS
  return (pollers ?? []).filter(({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) >= since).length
}

async function janitor(connection: Connection, namespace: string): Promise<Finding> {
  const wayOut = 'start or restart a worker: npm run worker -- --queues sessions'
  try {
    const { workflowExecutionInfo: info } = await connection.workflowService.describeWorkflowExecution({
      namespace,
      execution: { workflowId: 'janitor' },
    })
    return info?.status === RUNNING ? ok('janitor', 'runs') : warn('janitor', 'has ended', wayOut)
  } catch (error) {
    return warn('janitor', wordsOf(error), wayOut)
  }
}
