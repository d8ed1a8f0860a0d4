import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { connectDatabase, isDatabaseAway, type Knex } from '../../db/connect.js'
import { listenForWakes } from '../../db/listen.js'
import { WatchedClient } from '../../db/watched-client.js'
import { type CuttableDatabase, cuttable } from '../support/cut-database.js'
import { createTestDatabase, type TestDatabase } from '../support/database.js'

/** A server that accepts connections and never answers, like one that was stopped with SIGSTOP. */
/**
 * Far below the 65 s that a background query may be silent. What stays below it ended by the limits of a request, also
 * on a busy machine.
 */
const PATIENCE_MS = 25_000

let database: TestDatabase
let gate: CuttableDatabase
const pools: Knex[] = []

beforeAll(async () => {
  database = await createTestDatabase()
  gate = await cuttable(database.url)
})
afterEach(async () => {
  gate.mend()
  await Promise.all(pools.splice(0).map((pool) => pool.destroy()))
})
afterAll(async () => {
  await gate.close()
  await database.drop()
})

function requestPool(poolSize = 4): Knex {
  const pool = connectDatabase({ url: gate.url, applicationName: 'silent', poolSize, patience: 'request' })
  pools.push(pool)
  return pool
}

/** The duration of some work, in milliseconds, and what it threw. */
async function failureOf(work: PromiseLike<unknown>): Promise<{ error: unknown; ms: number }> {
  const began = performance.now()
  const error = await Promise.resolve(work).then(
    () => null,
    (reason: unknown) => reason,
  )
  return { error, ms: performance.now() - began }
}

describe('a PostgreSQL that is frozen', () => {
  it('fails a query and a transaction with its rollback, and is used again when it answers', async () => {
    const knex = requestPool()
    await knex.raw('select 1')
    let inside: Promise<unknown> = Promise.resolve()
    const both = await Promise.all([
      failureOf(
        knex.transaction(async (trx) => {
          await trx.raw('select 1')
          gate.stall()
          inside = Promise.resolve(trx.raw('select 2'))
          await inside
        }),
      ),
      new Promise((resolve) => setTimeout(resolve, 300)).then(() => failureOf(knex.raw('select 3'))),
    ])
    await expect(inside).rejects.toThrow(/sent nothing/)
    for (const { error, ms } of both) {
      expect(isDatabaseAway(error), String(error)).toBe(true)
      expect(ms).toBeLessThan(PATIENCE_MS)
    }
    // the next query does not wait for the timeout of another old connection
    const later = await failureOf(knex.raw('select 4'))
    expect(isDatabaseAway(later.error), String(later.error)).toBe(true)
    expect(later.ms).toBeLessThan(PATIENCE_MS)
    gate.mend()
    // a connection that was begun while nothing answered may still time out
    await expect.poll(async () => (await knex.raw('select 5 as five')).rows).toEqual([{ five: 5 }])
  })

  it('returns no connection to the pool while a query runs on it', async () => {
    const knex = requestPool(1)
    const before = (await knex.raw('select pg_backend_pid() as pid')).rows[0].pid
    gate.stall()
    await expect(knex.raw('select 1')).rejects.toThrow(/sent nothing/)
    gate.mend()
    expect((await knex.raw('select pg_backend_pid() as pid')).rows[0].pid).not.toBe(before)
  })

  it('does not count a COMMIT without an answer as done', async () => {
    const knex = requestPool()
    await knex.raw('select 1')
    const { error } = await failureOf(
      knex.transaction(async (trx) => {
        await trx.raw('select 1')
        gate.stall()
      }),
    )
    expect(isDatabaseAway(error), String(error)).toBe(true)
  })

  it('does not hold up closing a pool', async () => {
    const knex = requestPool()
    await knex.raw('select 1')
    gate.stall()
    pools.length = 0
    const { ms } = await failureOf(knex.destroy())
    expect(ms).toBeLessThan(PATIENCE_MS)
  })

  it('gets a new listening connection, because the listener checks that it answers', async () => {
    let wakes = 0
    const wake = () => {
      wakes += 1
    }
    const listener = listenForWakes(gate.url, 'tributary_test_silence', wake, { everyMs: 200, silentMs: 400 })
    await expect.poll(() => wakes).toBe(1)
    gate.stall()
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    gate.mend()
    await expect.poll(() => wakes, { timeout: 15_000 }).toBeGreaterThan(1)
    const heard = wakes
    await database.knex.raw("select pg_notify('tributary_test_silence', '')")
    await expect.poll(() => wakes).toBeGreaterThan(heard)
    await listener.close()
  })
})

describe('a PostgreSQL that is slow', () => {
  it('ends a statement itself before we close its connection', async () => {
    const knex = requestPool(1)
    const before = (await knex.raw('select pg_backend_pid() as pid')).rows[0].pid
    const { error } = await failureOf(knex.raw('select pg_sleep(30)'))
    expect(isDatabaseAway(error), String(error)).toBe(true)
    expect((await knex.raw('select pg_backend_pid() as pid')).rows[0].pid).toBe(before)
  })

  it('does not time out because of a pause of our own process', async () => {
    const client = new WatchedClient({ connectionString: database.url }, { silentMs: 200 })
    await client.connect()
    const answer = client.query('select pg_sleep(0.05)')
    const until = performance.now() + 800
    while (performance.now() < until) {
      // as a process that was stopped: its timers are due, its answers wait in the socket
    }
    await answer
    await client.end()
  })
})
