import { Connection } from '@temporalio/client'
import { expect, test } from 'vitest'
import { clientOptions } from '../../platform/temporal/connection.js'

// a retry that throws in its timer is an uncaught exception: vitest counts it as an error of the run
test('a call rejects when its connection is closed between two tries', async () => {
  const connection = Connection.lazy({ ...clientOptions({ address: '127.0.0.1:1' }), connectTimeout: '1s' })
  const calls = Array.from({ length: 20 }, () => connection.workflowService.getSystemInfo({}))
  const told = Promise.allSettled(calls)
  await new Promise((resolve) => setTimeout(resolve, 100))
  await connection.close()
  expect((await told).map(({ status }) => status)).toEqual(calls.map(() => 'rejected'))
})
