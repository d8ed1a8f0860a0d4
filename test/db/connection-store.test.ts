import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { recordAcknowledged, recordFailedPoll, recordGoodPoll } from '../../db/stores/connection-health-store.js'
import {
  findConnection,
  holdEpoch,
  openConnection,
  pauseConnection,
  removeConnection,
  resumeConnection,
  StaleEpoch,
  takeEpoch,
} from '../../db/stores/connection-store.js'
import { createTestDatabase, type TestDatabase } from '../support/database.js'

let database: TestDatabase
const now = new Date('2026-01-05T10:00:00Z')

beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())
beforeEach(async () => {
  await database.knex('connections').delete()
  await openConnection(database.knex, { connection: 'c', provider: 'kantar' })
})

const row = async () => {
  const found = await findConnection(database.knex, 'c')
  if (found === null) throw new Error('no row')
  return found
}
const good = (receipt: string | null, healthy = true) =>
  database.knex.transaction((trx) =>
    recordGoodPoll(trx, 'c', { cursor: receipt, receipt, healthy, nextPollAt: now, now }),
  )

test('a newer poll epoch fences the older one', async () => {
  const first = await takeEpoch(database.knex, 'c', now)
  const second = await takeEpoch(database.knex, 'c', now)
  expect(BigInt(second?.pollEpoch ?? 0)).toBe(BigInt(first?.pollEpoch ?? 0) + 1n)
  const hold = (epoch: string | undefined) => database.knex.transaction((trx) => holdEpoch(trx, 'c', epoch ?? ''))
  await expect(hold(first?.pollEpoch)).rejects.toThrow(StaleEpoch)
  await expect(hold(second?.pollEpoch)).resolves.toBeUndefined()
})

test('committed and acked only increase, and acked never exceeds committed', async () => {
  await good('100')
  await recordAcknowledged(database.knex, 'c', '100', now)
  await good('40')
  await recordAcknowledged(database.knex, 'c', '30', now)
  expect(await row()).toMatchObject({ committedId: '100', ackedId: '100' })
  await expect(recordAcknowledged(database.knex, 'c', '101', now)).rejects.toThrow(/no_ack_before_commit/)
})

test('a failure counts; the acknowledgement, if there is one, ends the streak, not the page', async () => {
  const epoch = (await takeEpoch(database.knex, 'c', now))?.pollEpoch ?? ''
  await recordFailedPoll(database.knex, 'c', { epoch, state: 'degraded', reason: 'timed out', now })
  expect(await row()).toMatchObject({ state: 'degraded', failStreak: 1, reason: 'timed out' })
  await good('5', false)
  expect(await row()).toMatchObject({ state: 'degraded', failStreak: 1, lastSuccessAt: now })
  await recordAcknowledged(database.knex, 'c', '5', now)
  expect(await row()).toMatchObject({ state: 'healthy', failStreak: 0, reason: null })
})

test('a zombie’s failure does not overwrite the newer attempt’s success', async () => {
  const old = (await takeEpoch(database.knex, 'c', now))?.pollEpoch ?? ''
  await takeEpoch(database.knex, 'c', now)
  await good('5')
  await recordFailedPoll(database.knex, 'c', { epoch: old, state: 'degraded', reason: 'late', now })
  expect(await row()).toMatchObject({ state: 'healthy', failStreak: 0 })
})

test('a paused connection stays paused through polls until it is resumed', async () => {
  await pauseConnection(database.knex, 'c', 'maintenance', now)
  await good('5')
  expect(await row()).toMatchObject({ paused: true, state: 'paused', reason: 'maintenance' })
  await resumeConnection(database.knex, 'c', now)
  expect(await row()).toMatchObject({ paused: false, state: 'healthy', reason: null })
})

test('a removed connection allows no poll; configured again it continues at its cursor', async () => {
  const epoch = (await takeEpoch(database.knex, 'c', now))?.pollEpoch ?? ''
  await good('5')
  await database.knex.transaction((trx) => removeConnection(trx, 'c', now))
  expect(await takeEpoch(database.knex, 'c', now)).toBeNull()
  await expect(database.knex.transaction((trx) => holdEpoch(trx, 'c', epoch))).rejects.toThrow(StaleEpoch)
  await openConnection(database.knex, { connection: 'c', provider: 'kantar' })
  expect(await row()).toMatchObject({ state: 'starting', cursor: '5', committedId: '5' })
})
