import { spawn } from 'node:child_process'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { findConnection, openConnection } from '../../db/stores/connection-store.js'
import type { Failpoint } from '../../platform/failpoints.js'
import { createTestDatabase, type TestDatabase } from '../support/database.js'
import { FakeGateway, planUpdate } from '../support/fake-gateway.js'
import { CONNECTION, polling } from '../support/polling.js'
import { programArguments } from '../support/programs.js'

let database: TestDatabase
let gateway: FakeGateway

beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())
beforeEach(async () => {
  gateway = await FakeGateway.start()
  await clean()
})
afterEach(() => gateway.close())

async function clean(): Promise<void> {
  await database.knex.raw(
    'delete from surveys; delete from quarantine; delete from supply_log; delete from connections',
  )
  await openConnection(database.knex, { connection: CONNECTION, provider: 'kantar' })
}

/** Everything that the catalogue holds, without its own times and numbers. */
async function catalogueBytes(): Promise<string> {
  const { rows } = await database.knex.raw(
    `select survey_id, status, country, cpi_minor, currency, survey::text, raw, source_order, source_version, content_hash,
            dirty, revision is not null as stamped
       from surveys order by survey_id`,
  )
  const quarantine = await database.knex('quarantine').select('item_key', 'source_order', 'reason').orderBy('item_key')
  return JSON.stringify({ rows, quarantine })
}

function publishAll(): void {
  for (let ack = 1; ack <= 1_100; ack++) gateway.publish(planUpdate(ack, `plan-${ack}`, { ir: ack % 100 }))
  gateway.publish(planUpdate(1_101, 'drifted', { status: 'HALF_OPEN' }))
}

/** One poll and acknowledgement in a process of its own. */
function cycleInProcess(failpoints: string): Promise<{ signal: string | null; code: number | null; errors: string }> {
  const program = programArguments('test/support/poll-cycle.ts')
  const child = spawn(process.execPath, [...program, database.url, gateway.url], {
    env: { ...process.env, TRIBUTARY_FAILPOINTS: failpoints, NODE_ENV: 'test' },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let errors = ''
  child.stderr.on('data', (chunk) => {
    errors += chunk
  })
  return new Promise((resolve) => child.on('close', (code, signal) => resolve({ signal, code, errors })))
}

describe('killed with SIGKILL', () => {
  const points: { point: Failpoint; stored: number; acks: string[] }[] = [
    { point: 'poll.after_fetch', stored: 0, acks: [] },
    { point: 'poll.in_txn', stored: 0, acks: [] },
    { point: 'poll.after_commit', stored: 1_100, acks: [] },
    { point: 'poll.after_ack', stored: 1_100, acks: ['1101'] },
  ]
  test.each(points)(
    'at $point: nothing is acknowledged before it is stored; the next poll recovers (F1-F3)',
    async ({ point, stored, acks }) => {
      publishAll()
      await polling(database.knex, gateway.url).cycle()
      const calm = await catalogueBytes()
      await gateway.close()
      gateway = await FakeGateway.start()
      publishAll()
      await clean()

      const killed = await cycleInProcess(`${point}=kill`)
      expect(killed).toMatchObject({ signal: 'SIGKILL' })
      expect(await database.knex('surveys').count({ n: '*' }).first()).toEqual({ n: String(stored) })
      expect(gateway.acks).toEqual(acks)
      const between = await findConnection(database.knex, CONNECTION)
      expect(BigInt(between?.ackedId ?? 0)).toBeLessThanOrEqual(BigInt(between?.committedId ?? 0))

      await polling(database.knex, gateway.url).cycle()
      expect(await catalogueBytes()).toBe(calm)
      expect(await findConnection(database.knex, CONNECTION)).toMatchObject({
        committedId: '1101',
        ackedId: '1101',
        cursor: '1101',
        state: 'healthy',
      })
      expect(gateway.acked).toBe(1_101n)
    },
    60_000,
  )

  test('an error at a failpoint stores all or nothing', async () => {
    publishAll()
    const failed = await cycleInProcess('poll.in_txn=error')
    expect(failed.code).toBe(1)
    expect(failed.errors).toContain('failpoint poll.in_txn')
    expect(await database.knex('surveys').count({ n: '*' }).first()).toEqual({ n: '0' })
    expect(await findConnection(database.knex, CONNECTION)).toMatchObject({ committedId: '0', state: 'degraded' })
  }, 240_000)
})
