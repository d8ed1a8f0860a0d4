import { afterAll, beforeAll, expect, test } from 'vitest'
import { postComplete } from '../../commands/finance/post.js'
import { connectDatabase, type Knex } from '../../db/connect.js'
import { checkInvariants } from '../../db/invariants/check.js'
import { readPage } from '../docs/pages.js'
import { createTestDatabase, type TestDatabase } from '../support/database.js'
import { aClaim, enteredSession, mustFind, settled, stock } from '../support/sessions.js'

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

/** The SQL statements that docs/money.md gives an operator. */
const [adjust = '', finish = ''] = [...readPage('docs/money.md').text.matchAll(/```sql\n([\s\S]*?)```/g)].map(
  ([, sql = '']) => sql,
)

const broken = async () =>
  (await checkInvariants(database.knex)).map(({ invariant, rows }) => [invariant.id, rows.length])

/** The balance of an account, debits less credits. */
async function balance(account: string): Promise<number> {
  const { rows } = await owner.raw(
    `select coalesce(sum(case side when 'debit' then amount_minor else -amount_minor end), 0)::int as sum
       from ledger_entries where account = ? and currency = 'COP'`,
    [account],
  )
  return rows[0].sum
}

test('an earlier session in a rescaled currency breaks I37 until it is corrected by the page', async () => {
  const now = new Date()
  const inPesos = async (minor: number) => {
    const { session_id } = await enteredSession(database.knex, { createdAt: now })
    const { recorded } = await settled(database.knex, session_id, aClaim('TERMINATED'), now)
    await owner.transaction(async (trx) => {
      await trx.raw('set local session_replication_role = replica')
      await trx('sessions').where({ session_id }).update({ currency: 'COP', cpi_minor: minor, share_minor: 2 })
    })
    return { row: await mustFind(database.knex, session_id), claimId: recorded.claimId }
  }
  const old = await inPesos(4)
  await database.knex.transaction((trx) => postComplete(trx, old.row, old.claimId, 'test', now))
  await owner('sessions').where({ session_id: old.row.session_id }).update({ outcome: 'COMPLETED', payable: true })
  // the migration ran after it
  await owner('currency_scales')
    .where({ currency: 'COP' })
    .update({ since: new Date(now.getTime() + 1) })
  const later = await inPesos(375)
  await owner('sessions')
    .where({ session_id: later.row.session_id })
    .update({ created_at: new Date(now.getTime() + 1) })

  expect(await broken()).toContainEqual(['I37', 1])
  expect(await balance('receivable:kantar-us')).toBe(4)

  await owner.raw(adjust)
  expect(await balance('receivable:kantar-us')).toBe(400)
  await owner.raw(finish)
  await owner.raw(adjust)
  expect(await balance('receivable:kantar-us')).toBe(400)
  const still = (await broken()).map(([id]) => id)
  for (const id of ['I19', 'I19b', 'I20', 'I25', 'I37']) expect(still).not.toContain(id)
})

test('the application can read when scales changed, but not write it', async () => {
  expect(await database.knex('currency_scales').where({ currency: 'IQD' }).pluck('checked_at')).toEqual([null])
  await expect(database.knex('currency_scales').update({ checked_at: new Date() })).rejects.toMatchObject({
    code: '42501',
  })
})
