import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectDatabase, type Knex } from '../../db/connect.js'
import { moneyInvariants } from '../../db/invariants/money-invariants.js'
import { migrate } from '../../db/migrate.js'
import * as sources from '../../db/migrations/0028-ledger-sources.js'
import * as periods from '../../db/migrations/0029-ledger-periods.js'
import { ACCOUNT_PATTERN, LONGEST_OWNER } from '../../domain/finance/account.js'
import { SOURCE_KINDS } from '../../domain/finance/posting-source.js'
import { createDatabaseAt, type TestDatabase } from '../support/database.js'

/** A database as the version before 0028 made it: completes and reversals of several months, panels and currencies. */
const WORK = readFileSync(new URL('ledger-0027.sql', import.meta.url), 'utf8')

let database: TestDatabase
let owner: Knex
beforeAll(async () => {
  database = await createDatabaseAt('0027-waiting-respondents')
  owner = connectDatabase({ url: database.url, applicationName: 'tributary test owner', asOwner: true, poolSize: 1 })
  await owner.transaction(async (trx) => {
    await trx.raw('set local session_replication_role = replica')
    // without bindings: a question mark in an address is none
    for (const statement of WORK.split('\n').filter((line) => line.startsWith('insert '))) {
      await trx.raw(statement.replaceAll('?', '\\?'))
    }
  })
})
afterAll(async () => {
  await owner.destroy()
  await database.drop()
})

/** What the version before reads of its ledger, as one text a row. */
async function books(knex: Knex) {
  const texts = async (sql: string): Promise<string[]> =>
    (await knex.raw(`select to_jsonb(t)::text as text from (${sql}) t order by 1`)).rows.map(
      ({ text }: { text: string }) => text,
    )
  return {
    sums: await texts(`select t.period, e.account, e.side, e.currency, sum(e.amount_minor), count(*)
                         from ledger_entries e join ledger_transactions t using (transaction_id) group by 1, 2, 3, 4`),
    transactions: await texts(`select transaction_id, kind, session_id, claim_id, reverses, reason, period, at, posted,
                                      number from ledger_transactions`),
    entries: await texts('select * from ledger_entries'),
    rights: await texts(`select table_name, privilege_type, grantee from information_schema.role_table_grants
                          where table_name in ('ledger_entries', 'ledger_transactions')`),
    rules: await texts(`select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint
                         where conrelid in ('ledger_entries'::regclass, 'ledger_transactions'::regclass)`),
  }
}

test('a ledger of the version before keeps every posting and sum, there and back', async () => {
  const before = await books(owner)
  expect(before.transactions.length).toBeGreaterThanOrEqual(7)
  expect(new Set(before.sums.map((text) => JSON.parse(text).period)).size).toBeGreaterThanOrEqual(4)

  expect(await migrate(database.url)).toEqual(['0028-ledger-sources', '0029-ledger-periods'])
  const { rules: _new, ...after } = await books(owner)
  const { rules: _old, ...expected } = before
  expect(after).toEqual(expected)
  const { rows } = await owner.raw(
    `select count(*)::int as count from ledger_transactions
      where source_kind = 'claim' and source_id = claim_id::text and period_of_origin = period`,
  )
  expect(rows[0].count).toBe(before.transactions.length)
  for (const { id, sql } of moneyInvariants) expect((await owner.raw(sql)).rows, id).toEqual([])

  const undone = new Error('undone')
  await owner
    .transaction(async (trx) => {
      await periods.down(trx)
      await sources.down(trx)
      expect(await books(trx)).toEqual(before)
      throw undone
    })
    .catch((error: unknown) => {
      if (error !== undone) throw error
    })
})

test('what has no claim is not thrown away on the way back', async () => {
  const back = owner.transaction(async (trx) => {
    await trx('ledger_transactions').insert({
      kind: 'adjustment',
      source_kind: 'manual',
      source_id: 'decision-1',
      reason: 'test',
      period: '2027-01',
      period_of_origin: '2027-01',
    })
    await periods.down(trx)
    await sources.down(trx)
  })
  await expect(back).rejects.toMatchObject({ code: '23502' })
})

test('the database knows the same accounts and sources as the domain', async () => {
  const rule = async (name: string): Promise<string> => {
    const { rows } = await owner.raw('select pg_get_constraintdef(oid) as text from pg_constraint where conname = ?', [
      name,
    ])
    return rows[0].text
  }
  expect(await rule('account_is_known')).toContain(`'${ACCOUNT_PATTERN}'`)
  expect(await rule('account_is_known')).toContain(`<= ${LONGEST_OWNER})`)
  const kinds = [...(await rule('source_is_known')).matchAll(/'(\w+)'/g)].map(([, kind]) => kind)
  expect(kinds).toEqual([...SOURCE_KINDS])
  const transaction = await owner('ledger_entries').first('transaction_id', 'currency')
  const entry = { ...transaction, line: 99, side: 'debit', amount_minor: 1 }
  for (const account of [
    'receivable',
    'cash:x',
    'receivable:a b',
    'Payable:x',
    'payable:x\n',
    'payable:',
    `payable:${'x'.repeat(65)}`,
  ]) {
    await expect(owner('ledger_entries').insert({ ...entry, account }), account).rejects.toMatchObject({
      code: '23514',
    })
  }
})
