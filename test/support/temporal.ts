import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { Client, Connection } from '@temporalio/client'
import { TestWorkflowEnvironment } from '@temporalio/testing'
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker'
import { SEARCH_ATTRIBUTES } from '../../domain/visibility.js'
import { registerSearchAttributes } from '../../platform/temporal/search-attributes.js'
import { workflowBundle } from '../../workers/workflow-bundle.js'

/** Temporal's IndexedValueType numbers. */
const INDEXED_VALUE_TYPE = { KEYWORD: 2, INT: 3, BOOL: 5, DATETIME: 6, KEYWORD_LIST: 7 } as const

/** Logs errors of the SDK only: a test provokes its warnings on purpose. */
function quiet(): void {
  try {
    Runtime.install({ logger: new DefaultLogger('ERROR') })
  } catch {
    // installed already in this process
  }
}

/** All workflows, bundled once for all tests and cached next to the installed packages. */
export function testWorkflowBundle(): Promise<{ code: string }> {
  quiet()
  const cacheFolder = fileURLToPath(new URL('../../node_modules/.cache/tributary', import.meta.url))
  return workflowBundle({ cacheFolder, logger: new DefaultLogger('ERROR') })
}

/** A Temporal server whose clock jumps over waits. `env.sleep` moves it; `env.teardown` ends it. */
export async function createTimeSkipping(): Promise<TestWorkflowEnvironment> {
  quiet()
  const path = process.env.TEST_TIME_SKIPPING_SERVER
  const env = await TestWorkflowEnvironment.createTimeSkipping(
    path === undefined ? {} : { server: { executable: { type: 'existing-path', path } } },
  )
  // this server adds search attributes but cannot list them
  await env.connection.operatorService.addSearchAttributes({
    namespace: env.namespace ?? 'default',
    searchAttributes: Object.fromEntries(
      Object.entries(SEARCH_ATTRIBUTES).map(([name, type]) => [name, INDEXED_VALUE_TYPE[type]]),
    ),
  })
  return env
}

/** The Temporal dev server of the tests, shared by all of them: give workflows and task queues names of their own. */
export interface SharedTemporal {
  readonly client: Client
  readonly native: NativeConnection
  readonly namespace: string
  /** A part of a name that is unique to a test. */
  readonly unique: string
  readonly close: () => Promise<void>
}

/** Connects to the tests' Temporal dev server, where visibility, updates and continue-as-new are the real ones. */
export async function connectTestTemporal(): Promise<SharedTemporal> {
  quiet()
  const address = process.env.TEST_TEMPORAL_ADDRESS
  if (address === undefined) throw new Error('TEST_TEMPORAL_ADDRESS is not set: run the tests with `npm test`')
  const namespace = 'default'
  const connection = await Connection.connect({ address })
  await registerSearchAttributes(connection, namespace)
  const native = await NativeConnection.connect({ address })
  return {
    client: new Client({ connection, namespace }),
    native,
    namespace,
    unique: randomBytes(4).toString('hex'),
    close: async () => {
      await connection.close()
      await native.close()
    },
  }
}
