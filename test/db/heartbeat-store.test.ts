import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { readHeardParts } from '../../db/read-models/heard-parts.js'
import { beat, forgetHeartbeat, pruneHeartbeats } from '../../db/stores/heartbeat-store.js'
import { createTestDatabase, type TestDatabase } from '../support/database.js'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
beforeEach(() => database.knex('heartbeats').delete())
afterAll(() => database.drop())

const worker = (process: string, ...queues: string[]) => beat(database.knex, { part: 'worker', process, queues })
const age = (process: string, seconds: number) =>
  database.knex.raw(`update heartbeats set heard_at = clock_timestamp() - make_interval(secs => ?) where process = ?`, [
    seconds,
    process,
  ])
const processes = async () =>
  (await database.knex('heartbeats').select('process').orderBy('process')).map((r) => r.process)

it('a queue has the age of its workers’ latest heartbeat', async () => {
  await worker('a:1', 'supply', 'sessions')
  await worker('b:2', 'sessions')
  await age('a:1', 100)
  await age('b:2', 3)
  const { queues, workers, janitorSilentMs } = await readHeardParts(database.knex)
  expect(Math.round((queues.get('supply') ?? 0) / 1_000)).toBe(100)
  expect(Math.round((queues.get('sessions') ?? 0) / 1_000)).toBe(3)
  expect(workers.map(({ process }) => process)).toEqual(['a:1', 'b:2'])
  expect(janitorSilentMs).toBeNull()
})

it('deletes a dead process once others serve its queues, and keeps the latest of a queue', async () => {
  await worker('dead:1', 'supply', 'sessions')
  await age('dead:1', 700)
  await worker('alive:2', 'sessions')
  await beat(database.knex, { part: 'janitor', process: 'janitor', queues: [] })
  await age('janitor', 5_000)
  expect(await pruneHeartbeats(database.knex)).toBe(0)
  await worker('alive:3', 'supply')
  expect(await pruneHeartbeats(database.knex)).toBe(1)
  expect(await processes()).toEqual(['alive:2', 'alive:3', 'janitor'])
  await age('alive:3', 8 * 24 * 3_600)
  expect(await pruneHeartbeats(database.knex)).toBe(1)
})

it('deletes the heartbeat of a process that shuts down', async () => {
  await worker('a:1', 'supply')
  await worker('a:1', 'supply', 'sessions')
  expect(await processes()).toEqual(['a:1'])
  await forgetHeartbeat(database.knex, { part: 'worker', process: 'a:1' })
  expect(await processes()).toEqual([])
})
