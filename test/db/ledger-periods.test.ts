import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Posting, post } from '../../commands/finance/post.js'
import { connectDatabase, type Knex } from '../../db/connect.js'
import { moneyInvariants } from '../../db/invariants/money-invariants.js'
import { readLedger } from '../../db/read-models/ledger.js'
import { readPeriods } from '../../db/read-models/ledger-periods.js'
import { numberPostings } from '../../db/stores/ledger-numbers.js'
import { changePeriod } from '../../db/stores/period-store.js'
import { panelAccount, receivable } from '../../domain/finance/account.js'
import type { PeriodState } from '../../domain/finance/period.js'
import { money } from '../../domain/money.js'
import { createTestDatabase, type TestDatabase } from '../support/database.js'
import { aClaim, CONNECTION, enteredSession, settled, stock, T0 } from '../support/sessions.js'

let database: TestDatabase
let owner: Knex

beforeAll(async () => {
  database = await createTestDatabase()
  owner = connectDatabase({ url: database.url, applicationName: 'tributary test owner', asOwner: true, poolSize: 1 })
  await stock(database.knex)
})
afterAll(async () => {
  await owner.destroy()
  await database.drop()
})

let year = 2030
/** A year that no other test posts into. */
let month: (number: number) => string
beforeEach(() => {
  year += 1
  const own = year
  month = (number) => `${own}-${String(number).padStart(2, '0')}`
})
const inMonth = (period: string): Date => new Date(`${period}-15T12:00:00Z`)

const change = (period: string, state: PeriodState, knex: Knex = database.knex) =>
  changePeriod(knex, { period, state, by: 'ops', reason: null, at: T0 })

/** A line of a statement, posted in one month about another. */
const aLine = (postedIn: string, origin: string, given: Partial<Posting> = {}): Posting => ({
  kind: 'adjustment',
  source: { kind: 'statement_line', id: randomUUID() },
  sessionId: null,
  reason: 'price of the statement',
  reverses: null,
  entries: [
    { account: receivable(CONNECTION), side: 'debit', amount: money(5, 'USD') },
    { account: panelAccount('revenue', 'lifepoints'), side: 'credit', amount: money(5, 'USD') },
  ],
  origin,
  at: inMonth(postedIn),
  ...given,
})
const postNow = (posting: Posting) => database.knex.transaction((trx) => post(trx, posting))

/** What of the ledger's promises is broken; sessions of other years break those about time. */
async function brokenMoney(): Promise<string[]> {
  const broken: string[] = []
  for (const { id, sql } of moneyInvariants) {
    const { rows } = await database.knex.raw(sql)
    if (rows.length > 0) broken.push(id)
  }
  return broken
}

/** Months of a source's postings. */
const placeOf = ({ source }: Posting): Promise<unknown[]> =>
  database
    .knex('ledger_transactions')
    .where({ source_kind: source.kind, source_id: source.id })
    .select('period', 'period_of_origin')

const insertInto = (period: string) =>
  database.knex('ledger_transactions').insert({
    kind: 'adjustment',
    source_kind: 'manual',
    source_id: randomUUID(),
    reason: 'test',
    period,
    period_of_origin: period,
  })

describe('a month that takes no postings', () => {
  test.each(['hold', 'closed'] as const)('(%s) refuses one with a code of its own', async (state) => {
    await change(month(1), state)
    await expect(insertInto(month(1))).rejects.toMatchObject({ code: 'TR012' })
    await expect(insertInto(month(1))).rejects.toThrow(`the month ${month(1)} takes no postings`)
  })

  test('sends news on to the next open one, which remembers where they come from', async () => {
    await change(month(1), 'closed')
    await change(month(2), 'hold')
    const line = aLine(month(1), month(1))
    await postNow(line)
    expect(await placeOf(line)).toEqual([{ period: month(3), period_of_origin: month(1) }])
    // across the end of the year
    await change(month(12), 'closed')
    const december = aLine(month(12), month(12))
    await postNow(december)
    expect(await placeOf(december)).toEqual([{ period: `${year + 1}-01`, period_of_origin: month(12) }])
  })

  test('held, takes postings again once it is open', async () => {
    await change(month(1), 'hold')
    await change(month(1), 'open')
    const line = aLine(month(1), month(1))
    await postNow(line)
    expect(await placeOf(line)).toEqual([{ period: month(1), period_of_origin: month(1) }])
  })

  test('closed, never changes again, for the owner neither', async () => {
    await change(month(1), 'closed')
    for (const state of ['open', 'hold', 'closed'] as const) {
      await expect(change(month(1), state)).rejects.toMatchObject({ code: 'TR013' })
    }
    await expect(
      owner('ledger_periods')
        .where({ period: month(1) })
        .delete(),
    ).rejects.toMatchObject({ code: 'TR013' })
    await expect(
      owner('ledger_periods')
        .where({ period: month(1) })
        .update({ postings: 9 }),
    ).rejects.toMatchObject({
      code: 'TR013',
    })
    await expect(database.knex('ledger_periods').delete()).rejects.toMatchObject({ code: '42501' })
  })
})

describe('a posting', () => {
  test('of a claim from an earlier month counts where it is posted, and names its month of origin', async () => {
    const arrived = new Date(`${month(1)}-31T23:59:59.999Z`)
    const { session_id } = await enteredSession(database.knex, { createdAt: arrived })
    const { recorded } = await settled(database.knex, session_id, aClaim('TERMINATED'), arrived)
    const source = { kind: 'claim' as const, id: recorded.claimId }
    const late = aLine(month(2), month(1), { source, sessionId: session_id, origin: null })
    await postNow(late)
    expect(await placeOf(late)).toEqual([{ period: month(2), period_of_origin: month(1) }])
    // a worker whose clock is behind: never before its news
    const behind = aLine(month(1), month(2))
    await postNow(behind)
    expect(await placeOf(behind)).toEqual([{ period: month(2), period_of_origin: month(2) }])
  })

  test('comes once a source and kind, also after its month has closed', async () => {
    const line = aLine(month(1), month(1))
    await postNow(line)
    await change(month(1), 'closed')
    await postNow(line)
    expect(await placeOf(line)).toHaveLength(1)
    expect(await brokenMoney()).toEqual([])
  })

  test('without a session is in the ledger with its source', async () => {
    const line = aLine(month(2), month(1))
    await postNow(line)
    await numberPostings(database.knex)
    const filter = { period: month(2), account: receivable(CONNECTION) }
    const { rows } = await readLedger(database.knex, filter, null, 10)
    expect(rows).toMatchObject([
      { kind: 'adjustment', sessionId: null, source: line.source, period: month(2), periodOfOrigin: month(1) },
    ])
  })

  test('is of a known source, and what pays a session has one', async () => {
    const { session_id } = await enteredSession(database.knex)
    const { recorded } = await settled(database.knex, session_id, aClaim('TERMINATED'))
    const claim = { source_kind: 'claim', source_id: recorded.claimId, claim_id: recorded.claimId, session_id }
    const row = { kind: 'adjustment', reason: 'x', period: month(2), period_of_origin: month(2) }
    const insert = (given: object) => database.knex('ledger_transactions').insert({ ...row, ...given })
    for (const wrong of [
      { ...claim, source_kind: 'rumour' },
      { ...claim, source_id: randomUUID() },
      { ...claim, claim_id: null },
      { ...claim, session_id: null },
      { ...claim, source_kind: 'manual' },
      { ...claim, period_of_origin: month(3) },
      { ...claim, period_of_origin: 'March' },
      { source_kind: 'manual', source_id: '' },
      { source_kind: 'manual', source_id: 'a', kind: 'complete' },
    ]) {
      await expect(insert(wrong), JSON.stringify(wrong)).rejects.toMatchObject({ code: '23514' })
    }
  })
})

describe('closing a month while somebody posts', () => {
  /** The state of the backend that waits for a month's lock. */
  const someoneWaits = async (): Promise<boolean> => {
    const { rows } = await database.knex.raw(
      `select 1 from pg_locks where locktype = 'advisory' and not granted
          and database = (select oid from pg_database where datname = current_database())`,
    )
    return rows.length > 0
  }
  const untilSomeoneWaits = () => expect.poll(someoneWaits).toBe(true)

  test('waits for a posting that is under way, and counts it', async () => {
    const posting = await database.knex.transaction()
    await post(posting, aLine(month(1), month(1)))
    let closed = false
    const closing = change(month(1), 'closed').then(() => {
      closed = true
    })
    await untilSomeoneWaits()
    expect(closed).toBe(false)
    await posting.commit()
    await closing
    expect(await database.knex('ledger_periods').where({ period: month(1) })).toMatchObject([
      { state: 'closed', postings: '1', changed_by: 'ops' },
    ])
    expect(await brokenMoney()).toEqual([])
  })

  test('makes a posting wait for its commit, which then goes to the next month', async () => {
    const closing = await database.knex.transaction()
    await change(month(1), 'closed', closing)
    const line = aLine(month(1), month(1))
    const posting = postNow(line)
    const byHand = insertInto(month(1)).then(
      () => null,
      (error: unknown) => error,
    )
    await untilSomeoneWaits()
    await closing.commit()
    await posting
    expect(await placeOf(line)).toEqual([{ period: month(2), period_of_origin: month(1) }])
    expect(await byHand).toMatchObject({ code: 'TR012' })
    expect(await brokenMoney()).toEqual([])
  })

  test('that is given up leaves the month open', async () => {
    const closing = await database.knex.transaction()
    await change(month(1), 'closed', closing)
    const line = aLine(month(1), month(1))
    const posting = postNow(line)
    await untilSomeoneWaits()
    await closing.rollback()
    await posting
    expect(await placeOf(line)).toEqual([{ period: month(1), period_of_origin: month(1) }])
  })

  test('with twenty writers loses none and lets none in afterwards', async () => {
    const lines = Array.from({ length: 20 }, () => aLine(month(1), month(1)))
    await Promise.all([
      ...lines.map(async (line, index) => {
        await sleep((index * 7) % 30)
        await postNow(line)
      }),
      sleep(10).then(() => change(month(1), 'closed')),
    ])
    const periods = (await readPeriods(database.knex)).filter(({ period }) => period.startsWith(`${year}-`))
    expect(periods.reduce((sum, { postings }) => sum + Number(postings), 0)).toBe(20)
    expect(periods[0]).toMatchObject({ period: month(1), state: 'closed', late: '0' })
    for (const next of periods.slice(1)) expect(next).toMatchObject({ period: month(2), late: next.postings })
    expect(await brokenMoney()).toEqual([])
  })

  test.each(['repeatable read', 'serializable'] as const)(
    'is not left to %s, which would not see it',
    async (level) => {
      const posting = database.knex.transaction((trx) => post(trx, aLine(month(1), month(1))), {
        isolationLevel: level,
      })
      await expect(posting).rejects.toMatchObject({ code: '0A000' })
      const closing = database.knex.transaction((trx) => change(month(1), 'closed', trx), { isolationLevel: level })
      await expect(closing).rejects.toMatchObject({ code: '0A000' })
    },
  )
})

test('months are listed with who changed them, their postings and the late ones among these', async () => {
  await change(month(1), 'closed')
  await postNow(aLine(month(1), month(1)))
  await postNow(aLine(month(2), month(2)))
  const own = (await readPeriods(database.knex)).filter(({ period }) => period.startsWith(`${year}-`))
  expect(own).toEqual([
    { period: month(1), state: 'closed', changedAt: T0, changedBy: 'ops', reason: null, postings: '0', late: '0' },
    { period: month(2), state: 'open', changedAt: null, changedBy: null, reason: null, postings: '2', late: '1' },
  ])
})

test('a complete and its reversal keep to months that are open', async () => {
  const when = inMonth(month(5))
  const { session_id } = await enteredSession(database.knex, { createdAt: when })
  await settled(database.knex, session_id, aClaim('COMPLETED'), when)
  await change(month(5), 'closed')
  await settled(database.knex, session_id, aClaim('REJECTED'), when)
  const rows = await database
    .knex('ledger_transactions')
    .where({ session_id })
    .orderBy('posted')
    .select('kind', 'period', 'period_of_origin')
  expect(rows).toEqual([
    { kind: 'complete', period: month(5), period_of_origin: month(5) },
    { kind: 'reversal', period: month(6), period_of_origin: month(5) },
  ])
})
