import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { installationKey, installationSecret } from '../../commands/access/installation-key.js'
import { connectDatabase } from '../../db/connect.js'
import { tryLease } from '../../db/lease.js'
import { ensurePartitions } from '../../db/partitions.js'
import { pruneIdempotencyKeys } from '../../db/stores/idempotency-store.js'
import { createTestDatabase, type TestDatabase } from '../support/database.js'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

describe('the lease', () => {
  test('is held by one process at a time, and free afterwards, also after a failure', async () => {
    let finish = (): void => {}
    const working = new Promise<void>((resolve) => {
      finish = resolve
    })
    let started = (): void => {}
    const inside = new Promise<void>((resolve) => {
      started = resolve
    })
    const first = tryLease(database.knex, async () => {
      started()
      await working
      return 'first'
    })
    await inside
    const work = async (): Promise<string> => 'done'
    expect(await Promise.all([tryLease(database.knex, work), tryLease(database.knex, work)])).toEqual([null, null])
    finish()
    expect(await first).toBe('first')
    await expect(
      tryLease(database.knex, async () => {
        throw new Error('broken')
      }),
    ).rejects.toThrow('broken')
    expect(await tryLease(database.knex, work)).toBe('done')
  })
})

describe('partitions', () => {
  test('of the coming months are made by the application, which owns nothing', async () => {
    expect(await ensurePartitions(database.knex)).toBe(0)
    const owner = connectDatabase({ url: database.url, applicationName: 'tributary test owner', asOwner: true })
    const { rows } = await owner.raw(
      "select to_char(now() at time zone 'UTC' + interval '2 months', 'YYYYMM') as month",
    )
    await owner.raw('drop table ??', [`session_events_${rows[0].month}`])
    await owner.destroy()
    expect(await ensurePartitions(database.knex)).toBe(1)
    expect(await ensurePartitions(database.knex)).toBe(0)
  })

  test('by two processes at the same time do not collide', async () => {
    await Promise.all(Array.from({ length: 5 }, () => ensurePartitions(database.knex)))
  })
})

test('idempotency keys are deleted by age', async () => {
  const insert = (key: string, hours: number) =>
    database.knex('idempotency_keys').insert({
      panel: 'p',
      key,
      request_hash: 'h',
      locked_until: new Date(),
      created_at: new Date(Date.now() - hours * 3_600_000),
    })
  await insert('old', 49)
  await insert('young', 47)
  expect(await pruneIdempotencyKeys(database.knex, new Date(Date.now() - 48 * 3_600_000))).toBe(1)
  expect(await database.knex('idempotency_keys').pluck('key')).toEqual(['young'])
})

describe('keys of the installation', () => {
  test('are made once for requests at the same time', async () => {
    let made = 0
    const secrets = await Promise.all(
      Array.from({ length: 20 }, () =>
        installationKey(database.knex, 'signing', async () => {
          made += 1
          return { made }
        }),
      ),
    )
    expect(new Set(secrets.map((secret) => JSON.stringify(secret))).size).toBe(1)
  })

  test('are 32 random bytes that do not change', async () => {
    const secret = await installationSecret(database.knex, 'offers')
    expect(secret).toHaveLength(32)
    expect(await installationSecret(database.knex, 'offers')).toEqual(secret)
    expect(await installationSecret(database.knex, 'hashes')).not.toEqual(secret)
  })
})
