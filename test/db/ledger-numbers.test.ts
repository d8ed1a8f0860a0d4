import { afterAll, beforeAll, expect, test } from 'vitest'
import { postComplete } from '../../commands/finance/post.js'
import { connectDatabase, type Knex } from '../../db/connect.js'
import { down, up } from '../../db/migrations/0023-ledger-numbers.js'
import { readLedger } from '../../db/read-models/ledger.js'
import { numberPostings } from '../../db/stores/ledger-numbers.js'
import { createTestDatabase, type TestDatabase } from '../support/database.js'
import { aClaim, enteredSession, later, mustFind, settled, stock, T0 } from '../support/sessions.js'

let database: TestDatabase
let owner: Knex

beforeAll(async () => {
  database = await createTestDatabase()
  owner = connectDatabase({ url: database.url, applicationName: 'tributary test owner', asOwner: true })
  await stock(database.knex)
})
afterAll(async () => {
  await owner.destroy()
  await database.drop()
})

const everything = { period: null, account: null }

/** Everything after a cursor, as a reader gets it now. */
async function readFrom(after: string | null, limit = 500) {
  await numberPostings(database.knex)
  return readLedger(database.knex, everything, after, limit)
}

/** An entered session with a claim to post. */
async function toPost() {
  const { session_id } = await enteredSession(database.knex)
  const { recorded } = await settled(database.knex, session_id, aClaim('TERMINATED'))
  const row = await mustFind(database.knex, session_id)
  return (trx: Knex) => postComplete(trx, row, recorded.claimId, 'test', T0)
}

test('a reader misses nothing while postings are open, whichever commits first', async () => {
  const { resume: before } = await readFrom(null)
  const slow = await database.knex.transaction()
  await (await toPost())(slow)
  const quick = await toPost()
  await database.knex.transaction(quick)

  // the reader gets the committed one, not the open one, and waits for neither
  const first = await readFrom(before)
  expect(first.rows).toHaveLength(1)
  await slow.commit()
  const second = await readFrom(first.resume)
  expect(second.rows).toHaveLength(1)
  expect(second.rows[0]?.transactionId).not.toBe(first.rows[0]?.transactionId)
  expect((await readFrom(second.resume)).rows).toEqual([])
})

test('with twenty writers every reader sees every posting once, in the same order', async () => {
  const { resume: start } = await readFrom(null)
  const posts = await Promise.all(Array.from({ length: 20 }, toPost))
  let writing = true
  const reader = async () => {
    const seen: string[] = []
    let place = start
    for (let last = false; !last; ) {
      last = !writing
      const page = await readFrom(place, 3)
      seen.push(...page.rows.map((row) => row.transactionId))
      place = page.resume
      if (page.next !== null) last = false
    }
    return seen
  }
  const readers = [reader(), reader(), reader()]
  await Promise.all(
    posts.map((post, index) =>
      database.knex.transaction(async (trx) => {
        await post(trx)
        await trx.raw('select pg_sleep(?)', [((index * 7) % 5) / 50])
      }),
    ),
  )
  writing = false
  const [one = [], ...others] = await Promise.all(readers)
  expect(new Set(one).size).toBe(20)
  expect(one).toHaveLength(20)
  for (const other of others) expect(other).toEqual(one)
})

test('a complete and its reversal in one transaction keep this order, thirty times of thirty', async () => {
  const { resume: start } = await readFrom(null)
  for (let round = 0; round < 30; round++) {
    const { session_id } = await enteredSession(database.knex)
    await settled(database.knex, session_id, aClaim('COMPLETED'), later(1))
    await settled(database.knex, session_id, aClaim('REJECTED'), later(1))
  }
  const { rows } = await readFrom(start)
  expect(rows).toHaveLength(60)
  const place = new Map(rows.map((row, index) => [row.transactionId, index]))
  const reversals = rows.filter(({ kind }) => kind === 'reversal')
  expect(reversals).toHaveLength(30)
  for (const { transactionId, reverses } of reversals) {
    expect(place.get(reverses ?? '')).toBeLessThan(place.get(transactionId) ?? -1)
  }
})

test('numbers have no gaps at any chunk size, and never change', async () => {
  for (let index = 0; index < 5; index++) await database.knex.transaction(await toPost())
  expect(await numberPostings(database.knex, 2)).toBe(5)
  const numbers = await database.knex('ledger_transactions').orderBy('number').pluck('number')
  expect(numbers).toEqual(numbers.map((_number, index) => String(index + 1)))
  for (const knex of [database.knex, owner]) {
    await expect(knex('ledger_transactions').update({ number: 1_000_000 })).rejects.toMatchObject({ code: 'TR011' })
    await expect(knex('ledger_transactions').update({ number: null })).rejects.toMatchObject({ code: 'TR011' })
  }
  await database.knex.transaction(await toPost())
  const both = owner('ledger_transactions').whereNull('number').update({ number: 999, reason: 'other' })
  await expect(both).rejects.toMatchObject({ code: 'TR011' })
})

test('the migration numbers earlier postings in order, and can be reverted', async () => {
  await numberPostings(database.knex)
  const count = Number((await owner('ledger_transactions').count())[0]?.count)
  await owner.transaction(async (trx) => {
    await down(trx)
    await expect(trx.transaction((inner) => inner('ledger_transactions').delete())).rejects.toMatchObject({
      code: 'TR011',
    })
    await up(trx)
    const { rows } = await trx.raw(
      `select count(*)::int as reversals, count(*) filter (where r.number > t.number)::int as after
         from ledger_transactions r join ledger_transactions t on t.transaction_id = r.reverses`,
    )
    expect(rows[0].reversals).toBeGreaterThanOrEqual(30)
    expect(rows[0].after).toBe(rows[0].reversals)
    expect(Number((await trx('ledger_transactions').max('number'))[0]?.max)).toBe(count)
  })
})
