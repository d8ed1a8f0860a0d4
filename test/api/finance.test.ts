import { randomUUID } from 'node:crypto'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import request from 'supertest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { csvLines, textCell } from '../../api/finance/csv.js'
import { money } from '../../domain/money.js'
import { anEndedSession, claims, KEYS, type ReadingApi, startReadingApi } from './reading-support.js'

let api: ReadingApi
beforeAll(async () => {
  api = await startReadingApi()
})
afterAll(() => api.close())

const get = (path: string) => request(api.app).get(`/v1/finance/${path}`).set('x-api-key', KEYS.finance)
const HEAD =
  'session_id,connection,provider,provider_survey_id,provider_session_id,panel,panelist_id,outcome,grade,payable,provisional,reversed,completed_at,amount_minor,amount,currency\n'
const id = (digit: string) => `${digit.repeat(8)}-0000-4000-8000-000000000000`

describe('GET /v1/finance/completes.csv', () => {
  it('exports the completes of a month to the cent, byte for byte, every time', async () => {
    const day = (stamp: string) => new Date(`2030-01-${stamp}Z`)
    const dollars = { sessionId: id('b'), panelistId: 'p-1', price: money(150, 'USD') }
    const yen = { sessionId: id('a'), panelistId: 'p-2', price: money(1_500, 'JPY'), connection: 'kantar-jp' }
    const dinars = { sessionId: id('c'), panelistId: 'p-3', price: money(1_005, 'KWD'), panel: 'beta' }
    // the two of one instant are ordered by id
    await anEndedSession(api.knex, day('02T10:00:00.000'), dollars)
    await anEndedSession(api.knex, day('02T10:00:00.000'), yen)
    await anEndedSession(api.knex, day('01T00:00:00.000'), dinars)
    const formula = {
      sessionId: id('d'),
      panelistId: '=cmd|"/c calc"!A1',
      providerSurveyId: '-5,x',
      price: money(5, 'USD'),
    }
    await anEndedSession(api.knex, day('31T23:59:59.999'), formula)
    await claims(api.knex, formula.sessionId, new Date('2030-02-03T00:00:00Z'), { outcome: 'REJECTED', grade: 'E2' })
    const unproven = { sessionId: id('e'), panelistId: 'p-5', price: money(7, 'USD') }
    await anEndedSession(api.knex, day('15T12:00:00.000'), unproven, { grade: 'E0' })
    // not completes, or not of this month
    await anEndedSession(api.knex, day('15T12:00:00.000'), {}, { outcome: 'TERMINATED' })
    await anEndedSession(api.knex, new Date('2030-02-01T00:00:00.000Z'), { sessionId: id('f') })

    const answer = await get('completes.csv?from=2030-01-01&to=2030-02-01')
    expect(answer.status).toBe(200)
    expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8')
    expect(answer.headers['content-disposition']).toContain('completes.csv')
    expect(answer.text).toBe(
      HEAD +
        `${id('c')},kantar-us,kantar,plan-1,ks-${id('c')},beta,p-3,COMPLETED,E1,true,false,false,2030-01-01T00:00:00.000Z,1005,1.005,KWD\n` +
        `${id('a')},kantar-jp,kantar,plan-1,ks-${id('a')},alpha,p-2,COMPLETED,E1,true,false,false,2030-01-02T10:00:00.000Z,1500,1500,JPY\n` +
        `${id('b')},kantar-us,kantar,plan-1,ks-${id('b')},alpha,p-1,COMPLETED,E1,true,false,false,2030-01-02T10:00:00.000Z,150,1.50,USD\n` +
        `${id('e')},kantar-us,kantar,plan-1,ks-${id('e')},alpha,p-5,COMPLETED,E0,false,true,false,2030-01-15T12:00:00.000Z,7,0.07,USD\n` +
        `${id('d')},kantar-us,kantar,"'-5,x",ks-${id('d')},alpha,"'=cmd|""/c calc""!A1",REJECTED,E2,false,false,true,2030-01-31T23:59:59.999Z,5,0.05,USD\n`,
    )
    expect((await get('completes.csv?from=2030-01-01&to=2030-02-01')).text).toBe(answer.text)

    const lines = async (query: string) =>
      (await get(`completes.csv?from=2030-01-01&to=2030-02-01&${query}`)).text
        .split('\n')
        .slice(1, -1)
        .map((line) => line.slice(0, 1))
    expect(await lines('panel=BETA')).toEqual(['c'])
    expect(await lines('connection=kantar-jp')).toEqual(['a'])
    expect(await lines('connection=kantar-jp&panel=beta')).toEqual([])
    expect((await get('completes.csv?from=2030-02-01&to=2030-02-02')).text.split('\n')[1]?.slice(0, 1)).toBe('f')
    expect((await get('completes.csv?from=2029-01-01&to=2029-02-01')).text).toBe(HEAD)
    expect((await get('completes.csv')).text.split('\n').length).toBe(8)
  })

  it('pages without loss or repeat', async () => {
    const template = await anEndedSession(api.knex, new Date('2040-06-01T00:00:00Z'))
    // 2,500 more, several per instant: more than two pages
    await api.knex.raw(
      `insert into sessions (session_id, panel, panelist_id, survey_id, connection, provider, provider_survey_id, country,
         state, outcome, grade, required_grade, payable, cpi_minor, currency, entry_token, provider_panelist_id,
         completed_at, finished_at, entry_deadline, completion_ttl, late_grace)
       select gen_random_uuid(), 'alpha', 'p' || n, 's', 'kantar-us', 'kantar', 'plan', 'USA', 'finished', 'COMPLETED',
              'E1', 'E1', true, 100, 'USD', 'token' || n, 'p', '2040-06-02'::timestamptz + (n / 7) * interval '1 ms', now(), now(),
              interval '1 day', interval '1 day'
         from generate_series(1, 2500) n`,
    )
    const rows: { session_id: string; completed_at: string }[] = parse(
      (await get('completes.csv?from=2040-06-01')).text,
      {
        columns: true,
      },
    )
    expect(rows.length).toBe(2_501)
    expect(new Set(rows.map((row) => row.session_id)).size).toBe(2_501)
    expect(rows[0]?.session_id).toBe(template.sessionId)
    const keys = rows.map((row) => `${row.completed_at} ${row.session_id}`)
    expect(keys).toEqual(keys.toSorted())
  })

  it.each([
    ['from', 'from=2026-02-30'],
    ['from', 'from=2026-02-01T00:00:00Z'],
    ['to', 'to='],
    ['connections', 'connections=kantar-us'],
    ['panel', 'panel=%00'],
  ])('refuses a bad %s (%s)', async (field, query) => {
    const answer = await get(`completes.csv?${query}`)
    expect(answer.status).toBe(400)
    expect(answer.body.errors[0].field).toBe(field)
  })

  it('prefixes text that a spreadsheet would run, keeps it readable, and changes no amount', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (given) => {
        const guarded = textCell(given) ?? ''
        expect(/^[=+\-@\t\r]/.test(guarded)).toBe(false)
        expect(guarded.replace(/^'(?=[=+\-@\t\r])/, '')).toBe(given.replace(/^'(?=[=+\-@\t\r])/, ''))
        const [cells] = parse(csvLines([[guarded, -5n, true, null]]))
        expect(cells).toEqual([guarded, '-5', 'true', ''])
      }),
    )
  })
})

describe('the ledger', () => {
  it('shows balanced transactions in order, and links reversals to what they reverse', async () => {
    const at = new Date('2028-03-04T10:00:00Z')
    const { sessionId } = await anEndedSession(api.knex, at, { price: money(200, 'USD'), shareMinor: 80n })
    await claims(api.knex, sessionId, new Date('2028-03-05T10:00:00Z'), { outcome: 'REJECTED', grade: 'E2' })
    const { body, status } = await get('ledger?period=2028-03')
    expect(status).toBe(200)
    expect(body.next_cursor).toBeNull()
    const [complete, reversal] = body.transactions
    expect(complete).toMatchObject({ at: at.toISOString(), kind: 'complete', session_id: sessionId, reverses: null })
    const { claim_id } = await api.knex('outcome_claims').where({ session_id: sessionId, effect: 'finish' }).first()
    expect(complete).toMatchObject({
      source: { kind: 'claim', id: claim_id },
      period: '2028-03',
      period_of_origin: '2028-03',
    })
    expect(complete.entries).toEqual([
      { account: 'receivable:kantar-us', side: 'debit', amount_minor: 200, currency: 'USD' },
      { account: 'revenue:alpha', side: 'credit', amount_minor: 200, currency: 'USD' },
      { account: 'reward_expense:alpha', side: 'debit', amount_minor: 80, currency: 'USD' },
      { account: 'payable:alpha', side: 'credit', amount_minor: 80, currency: 'USD' },
    ])
    expect(reversal).toMatchObject({ kind: 'reversal', reverses: complete.transaction_id })
    expect(reversal.entries[0]).toEqual({
      account: 'receivable:kantar-us',
      side: 'credit',
      amount_minor: 200,
      currency: 'USD',
    })
    expect(body.transactions.length).toBe(2)
  })

  it('can be followed: later postings come after the cursor, and the last page has a cursor', async () => {
    const at = new Date('2023-05-05T10:00:00Z')
    const first = await anEndedSession(api.knex, at)
    const page = (await get('ledger?period=2023-05')).body
    expect([page.transactions.length, page.next_cursor]).toEqual([1, null])
    const resume = `ledger?period=2023-05&cursor=${page.resume_cursor}`
    const nothing = (await get(resume)).body
    expect([nothing.transactions, nothing.next_cursor, nothing.resume_cursor]).toEqual([[], null, page.resume_cursor])
    await claims(api.knex, first.sessionId, at, { outcome: 'REJECTED', grade: 'E2' })
    // an earlier time, but later in the ledger
    await anEndedSession(api.knex, new Date('2023-05-01T10:00:00Z'))
    const kinds = (await get(resume)).body.transactions.map((one: { kind: string }) => one.kind)
    expect(kinds).toEqual(['reversal', 'complete'])
  })

  it('pages by account without loss or repeat', async () => {
    const made: string[] = []
    for (let index = 0; index < 7; index++) {
      const panel = index < 5 ? 'alpha' : 'beta'
      made.push(
        (await anEndedSession(api.knex, new Date('2027-01-01T00:00:00Z'), { panel, surveyId: `s${index}` })).sessionId,
      )
    }
    const found: string[] = []
    let cursor: string | null = null
    do {
      const { body } = await get(
        `ledger?period=2027-01&account=revenue:alpha&limit=2${cursor === null ? '' : `&cursor=${cursor}`}`,
      )
      found.push(...body.transactions.map((one: { session_id: string }) => one.session_id))
      cursor = body.next_cursor
    } while (cursor !== null)
    expect(found.toSorted()).toEqual(made.slice(0, 5).toSorted())
  })

  it('separates currencies and months in the trial balance', async () => {
    const at = new Date('2026-08-01T00:00:00Z')
    await anEndedSession(api.knex, at, { price: money(300, 'USD'), shareMinor: 0n })
    await anEndedSession(api.knex, at, { price: money(1_000, 'JPY'), shareMinor: 0n })
    const reversed = await anEndedSession(api.knex, at, { price: money(50, 'USD'), shareMinor: 0n })
    await claims(api.knex, reversed.sessionId, at, { outcome: 'REJECTED', grade: 'E2' })
    const { body } = await get('trial-balance?period=2026-08')
    expect(body).toEqual({
      accounts: [
        { account: 'receivable:kantar-us', currency: 'JPY', debit_minor: 1_000, credit_minor: 0 },
        { account: 'receivable:kantar-us', currency: 'USD', debit_minor: 350, credit_minor: 50 },
        { account: 'revenue:alpha', currency: 'JPY', debit_minor: 0, credit_minor: 1_000 },
        { account: 'revenue:alpha', currency: 'USD', debit_minor: 50, credit_minor: 350 },
      ],
    })
    expect((await get('trial-balance?period=2001-01')).body).toEqual({ accounts: [] })
    const all: { currency: string; debit_minor: number; credit_minor: number }[] = (await get('trial-balance')).body
      .accounts
    for (const currency of new Set(all.map((account) => account.currency))) {
      const own = all.filter((account) => account.currency === currency)
      expect(
        own.reduce((sum, one) => sum + one.debit_minor - one.credit_minor, 0),
        currency,
      ).toBe(0)
    }
  })

  it('answers with an error instead of a rounded amount', async () => {
    await anEndedSession(api.knex, new Date('2024-01-01T00:00:00Z'), { price: money(9_007_199_254_740_993n, 'USD') })
    expect((await get('trial-balance?period=2024-01')).status).toBe(500)
    expect((await get('completes.csv?from=2024-01-01&to=2024-02-01')).text).toContain(
      ',9007199254740993,90071992547409.93,USD',
    )
  })

  it.each([
    ['period', 'ledger?period=2026-13'],
    ['period', 'ledger?period=2026'],
    ['cursor', `ledger?cursor=${randomUUID()}`],
    // a cursor of the earlier versions, which were ordered by time
    [
      'cursor',
      `ledger?cursor=${Buffer.from(`["2026-01-01T00:00:00.000000Z","${randomUUID()}"]`).toString('base64url')}`,
    ],
    ['cursor', `ledger?cursor=${Buffer.from('ledger:9223372036854775808').toString('base64url')}`],
    ['account', 'ledger?account='],
    ['account', 'ledger?account=receivable'],
    ['account', 'ledger?account=cash:alpha'],
    ['limit', 'ledger?limit=1000'],
    ['period', 'trial-balance?period=0000-01'],
  ])('refuses a bad %s (%s)', async (field, path) => {
    const answer = await get(path)
    expect(answer.status).toBe(400)
    expect(answer.body.errors[0].field).toBe(field)
  })
})
