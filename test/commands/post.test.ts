import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { postComplete, postReversal } from '../../commands/finance/post.js'
import { connectDatabase, type Knex } from '../../db/connect.js'
import { createTestDatabase, type TestDatabase } from '../support/database.js'
import { aClaim, enteredSession, later, mustFind, settled, stock, T0 } from '../support/sessions.js'

let database: TestDatabase
let owner: Knex
let sessionId: string
let claimId: string

beforeAll(async () => {
  database = await createTestDatabase()
  owner = connectDatabase({ url: database.url, applicationName: 'tributary test owner', asOwner: true })
  await stock(database.knex)
  sessionId = (await enteredSession(database.knex)).session_id
  claimId = (await settled(database.knex, sessionId, aClaim('COMPLETED'))).recorded.claimId
})
afterAll(async () => {
  await owner.destroy()
  await database.drop()
})

const transactions = () => database.knex('ledger_transactions').where({ session_id: sessionId }).orderBy('at')

describe('the ledger is append only', () => {
  test('for the application, by its rights', async () => {
    for (const table of ['ledger_entries', 'ledger_transactions', 'session_outcomes', 'session_adjustments']) {
      await expect(database.knex(table).delete()).rejects.toMatchObject({ code: '42501' })
    }
    await expect(database.knex('ledger_entries').update({ amount_minor: 1 })).rejects.toMatchObject({ code: '42501' })
    await expect(database.knex('ledger_transactions').update({ reason: 'x' })).rejects.toMatchObject({ code: '42501' })
    await expect(database.knex.raw('truncate ledger_entries')).rejects.toMatchObject({ code: '42501' })
    await expect(database.knex.raw('alter table ledger_entries disable trigger all')).rejects.toMatchObject({
      code: '42501',
    })
  })

  test('for the owner, by triggers', async () => {
    await expect(owner('ledger_entries').update({ amount_minor: 1 })).rejects.toMatchObject({ code: 'TR011' })
    await expect(owner('ledger_entries').delete()).rejects.toMatchObject({ code: 'TR011' })
    await expect(owner('ledger_transactions').update({ period: '2026-10' })).rejects.toMatchObject({ code: 'TR011' })
    await expect(owner('ledger_transactions').delete()).rejects.toMatchObject({ code: 'TR011' })
  })
})

describe('a transaction', () => {
  const entry = (side: string, amount: number | string, currency = 'USD', line = side === 'debit' ? 1 : 2) => ({
    line,
    account: 'receivable:kantar-us',
    side,
    amount_minor: amount,
    currency,
  })
  async function post(entries: ReturnType<typeof entry>[]): Promise<void> {
    const other = (await settled(database.knex, (await enteredSession(database.knex)).session_id, aClaim('TERMINATED')))
      .recorded
    await database.knex.transaction(async (trx) => {
      const [row] = await trx('ledger_transactions')
        .insert({
          kind: 'adjustment',
          source_kind: 'claim',
          source_id: other.claimId,
          session_id: other.session.session_id,
          claim_id: other.claimId,
          reason: 'test',
          period: '2026-11',
          period_of_origin: '2026-11',
        })
        .returning('transaction_id')
      await trx('ledger_entries').insert(entries.map((each) => ({ ...each, transaction_id: row.transaction_id })))
    })
  }

  test('out of balance is refused when it commits', async () => {
    await expect(post([entry('debit', 100), entry('credit', 99)])).rejects.toMatchObject({ code: 'TR010' })
    await expect(post([entry('debit', 100)])).rejects.toMatchObject({ code: 'TR010' })
    await expect(post([entry('debit', 100), entry('credit', 100, 'EUR')])).rejects.toMatchObject({ code: 'TR010' })
    await post([entry('debit', 100), entry('credit', 100)])
  })

  test('of zero, below zero, or without a currency is refused', async () => {
    await expect(post([entry('debit', 0), entry('credit', 0)])).rejects.toMatchObject({ code: '23514' })
    await expect(post([entry('debit', -5), entry('credit', -5)])).rejects.toMatchObject({ code: '23514' })
    await expect(post([entry('debit', 5, 'usd'), entry('credit', 5, 'usd')])).rejects.toMatchObject({ code: '23514' })
    await expect(post([entry('debit', '1.5'), entry('credit', '1.5')])).rejects.toMatchObject({ code: '22P02' })
  })
})

describe('posting', () => {
  test('the same claim twice is one transaction', async () => {
    const row = await mustFind(database.knex, sessionId)
    await database.knex.transaction((trx) => postComplete(trx, row, claimId, 'again', later(1)))
    expect(await transactions()).toHaveLength(1)
  })

  test('a reversal that is repeated is posted once', async () => {
    const reverse = () => database.knex.transaction((trx) => postReversal(trx, sessionId, claimId, 'rejected', T0))
    await reverse()
    await reverse()
    const all = await transactions()
    expect(all.map(({ kind }) => kind).sort()).toEqual(['complete', 'reversal'])
    const lines = await database.knex('ledger_entries').orderBy(['transaction_id', 'line'])
    const of = (kind: string) =>
      lines.filter((line) => all.some((each) => each.kind === kind && each.transaction_id === line.transaction_id))
    expect(of('reversal').map(({ account, side, amount_minor }) => [account, side, amount_minor])).toEqual(
      of('complete').map(({ account, side, amount_minor }) => [
        account,
        side === 'debit' ? 'credit' : 'debit',
        amount_minor,
      ]),
    )
  })

  test('a reversal without a posting posts nothing', async () => {
    const { session_id } = await enteredSession(database.knex)
    const { recorded } = await settled(database.knex, session_id, aClaim('TERMINATED'))
    await database.knex.transaction((trx) => postReversal(trx, session_id, recorded.claimId, 'rejected', T0))
    expect(await database.knex('ledger_transactions').where({ session_id })).toEqual([])
  })

  test('a payable session without a price is an error, not a posting of zero', async () => {
    const row = { ...(await mustFind(database.knex, sessionId)), cpi_minor: null }
    await expect(database.knex.transaction((trx) => postComplete(trx, row, claimId, 'x', T0))).rejects.toThrow(
      'payable without a price',
    )
  })
})
