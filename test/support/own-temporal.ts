import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { Client, Connection } from '@temporalio/client'
import { msToTs } from '@temporalio/common/lib/time.js'
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker'
import { registerSearchAttributes } from '../../platform/temporal/search-attributes.js'

/** A separate namespace on the tests' Temporal dev server, where task queues have their real names. */
export interface OwnTemporal {
  readonly client: Client
  readonly native: NativeConnection
  readonly namespace: string
  readonly close: () => Promise<void>
}

/** Makes a namespace with our search attributes; takes a second or two until the server knows it everywhere. */
export async function createOwnTemporal(): Promise<OwnTemporal> {
  try {
    Runtime.install({ logger: new DefaultLogger('ERROR') })
  } catch {
    // installed already in this process
  }
  const address = process.env.TEST_TEMPORAL_ADDRESS
  if (address === undefined) throw new Error('TEST_TEMPORAL_ADDRESS is not set: run the tests with `npm test`')
  const namespace = `test-${randomBytes(5).toString('hex')}`
  const connection = await Connection.connect({ address })
  await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: msToTs('24h') })
  await eventually(() => registerSearchAttributes(connection, namespace))
  const client = new Client({ connection, namespace })
  // the namespace exists once a request for a workflow gets "workflow not found"
  await eventually(async () => {
    await client.workflow
      .getHandle('nobody')
      .describe()
      .catch((error: unknown) => {
        if (error instanceof Error && error.name === 'WorkflowNotFoundError') return
        throw error
      })
  })
  const native = await NativeConnection.connect({ address })
  return {
    client,
    native,
    namespace,
    close: async () => {
      await connection.close()
      await native.close()
    },
  }
}

async function eventually(work: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await work()
      return
    } catch (error) {
      if (attempt === 600) throw error
      await delay(100)
    }
  }
}
