import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { applyClaims } from '../../commands/sessions/apply-claims.js'
import { expireSession } from '../../commands/sessions/expire-session.js'
import { recordClaim } from '../../commands/sessions/record-claim.js'
import { connectDatabase, type Knex } from '../../db/connect.js'
import { checkInvariants } from '../../db/invariants/check.js'
import { storePublicAddress } from '../../db/stores/key-store.js'
import { money } from '../../domain/money.js'
import { createTestDatabase, type TestDatabase } from '../support/database.js'
import { aClaim, DAY, enteredSession, later, MINUTE, openingSession, settled, stock, T0 } from '../support/sessions.js'

let database: TestDatabase
let owner: Knex
beforeAll(async () => {
  database = await createTestDatabase()
  owner = connectDatabase({ url: database.url, applicationName: 'tributary test owner', asOwner: true })
  await stock(database.knex)
})
afterAll(async () => {
  // the tests above break no invariant but I15: their messages are overdue, because no worker delivers here
  const broken = await checkInvariants(database.knex)
  expect(broken.filter(({ invariant }) => invariant.id !== 'I15')).toEqual([])
  await owner.destroy()
  await database.drop()
})

const apply = (sessionId: string, now = T0) =>
  applyClaims(database.knex, sessionId, () => true, now, new Date(now.getTime() + 15 * MINUTE))
const messages = (sessionId: string) => database.knex('postbacks').where({ session_id: sessionId }).orderBy('sequence')
const booked = (sessionId: string) =>
  database.knex('ledger_transactions').where({ session_id: sessionId }).orderBy('at')
const balance = async (sessionId: string): Promise<Record<string, number>> => {
  const rows = await database
    .knex('ledger_entries as e')
    .join('ledger_transactions as t', 't.transaction_id', 'e.transaction_id')
    .where({ session_id: sessionId })
    .groupBy('account')
    .select('account')
    .select(database.knex.raw("sum(case side when 'debit' then amount_minor else -amount_minor end)::int as net"))
  return Object.fromEntries(rows.map((row) => [row.account, row.net]))
}

describe('a complete', () => {
  test('is one outcome, one posting at the locked price, one message', async () => {
    // the newest start of an API sets its public address
    for (const url of ['http://127.0.0.1:8080', 'https://tributary.example'])
      await storePublicAddress(database.knex, url)
    const { session_id } = await enteredSession(database.knex)
    const { applied } = await settled(database.knex, session_id, aClaim('COMPLETED'), later(MINUTE))
    expect(applied.evidenceDeadline).toBeNull()
    expect(await database.knex('session_outcomes').where({ session_id })).toMatchObject([
      { outcome: 'COMPLETED', grade: 'E2', payable: true, provisional: false, decided_at: later(MINUTE) },
    ])
    expect(await booked(session_id)).toMatchObject([{ kind: 'complete', period: '2026-11', reverses: null }])
    expect(await balance(session_id)).toEqual({
      'receivable:kantar-us': 150,
      'revenue:lifepoints': -150,
      'reward_expense:lifepoints': 75,
      'payable:lifepoints': -75,
    })
    const [message, ...more] = await messages(session_id)
    expect(more).toEqual([])
    expect(applied.postbackIds).toEqual([message.postback_id])
    expect(message.payload).toEqual({
      type: 'session.outcome',
      timestamp: later(MINUTE).toISOString(),
      data: {
        iss: 'https://tributary.example',
        aud: 'lifepoints',
        session_id,
        panelist_id: expect.any(String),
        outcome: 'COMPLETED',
        survey_id: expect.stringMatching(/^sv_/),
        provider: 'kantar',
        connection: 'kantar-us',
        grade: 'E2',
        provisional: false,
        payable: true,
        reward: { amount: 75, currency: 'points' },
        custom_panel_data: { click: 'c-77' },
        sequence: 1,
      },
    })
  })

  test('applied again, or twenty times at the same time, changes nothing', async () => {
    const { session_id } = await enteredSession(database.knex)
    await recordClaim(database.knex, session_id, aClaim('COMPLETED'), T0)
    const all = await Promise.all(Array.from({ length: 20 }, () => apply(session_id)))
    const [message, ...more] = await messages(session_id)
    expect(more).toEqual([])
    for (const one of all) expect(one?.postbackIds).toEqual([message.postback_id])
    expect(await booked(session_id)).toHaveLength(1)
    await apply(session_id, later(DAY))
    expect(await booked(session_id)).toHaveLength(1)
    expect(await messages(session_id)).toHaveLength(1)
  })

  test('with a price of 0 is payable and books nothing', async () => {
    const { session_id } = await enteredSession(database.knex, { price: money(0, 'USD'), shareMinor: 0n })
    const { applied } = await settled(database.knex, session_id, aClaim('COMPLETED'))
    expect(applied.session.payable).toBe(true)
    expect(await booked(session_id)).toEqual([])
  })

  test('of a panel without postbacks is booked too', async () => {
    const { session_id } = await enteredSession(database.knex)
    await recordClaim(database.knex, session_id, aClaim('COMPLETED'), T0)
    await applyClaims(database.knex, session_id, () => false, T0, T0)
    expect(await messages(session_id)).toEqual([])
    expect(await booked(session_id)).toHaveLength(1)
  })
})

describe('a reversal', () => {
  test('is a linked transaction; both together sum to zero', async () => {
    const { session_id } = await enteredSession(database.knex)
    await settled(database.knex, session_id, aClaim('COMPLETED'), later(1))
    await settled(database.knex, session_id, aClaim('REJECTED'), later(2))
    await settled(database.knex, session_id, aClaim('REJECTED'), later(3))
    const [complete, reversal, ...more] = await booked(session_id)
    expect(more).toEqual([])
    expect(reversal).toMatchObject({ kind: 'reversal', reverses: complete.transaction_id })
    expect(Object.values(await balance(session_id))).toEqual([0, 0, 0, 0])
    expect(
      (await messages(session_id)).map(({ type, payload }) => [type, payload.data.outcome, payload.data.reward]),
    ).toEqual([
      ['session.outcome', 'COMPLETED', { amount: 75, currency: 'points' }],
      ['session.adjusted', 'REJECTED', { amount: 0, currency: 'points' }],
    ])
    expect(await database.knex('session_adjustments').where({ session_id })).toMatchObject([
      { effect: 'reverse', from_outcome: 'COMPLETED', to_outcome: 'REJECTED' },
    ])
  })

  test('in the next month is booked there, and the first month does not change', async () => {
    const { session_id } = await enteredSession(database.knex)
    await settled(database.knex, session_id, aClaim('COMPLETED'), new Date('2026-11-30T23:59:59Z'))
    await settled(database.knex, session_id, aClaim('REJECTED'), new Date('2026-12-01T00:00:01Z'))
    expect((await booked(session_id)).map(({ kind, period }) => `${kind} ${period}`)).toEqual([
      'complete 2026-11',
      'reversal 2026-12',
    ])
  })

  test('before the complete is applied sends and books both, in order', async () => {
    const { session_id } = await enteredSession(database.knex)
    await recordClaim(database.knex, session_id, aClaim('COMPLETED'), later(1))
    await recordClaim(database.knex, session_id, aClaim('REJECTED'), later(2))
    await apply(session_id, later(3))
    expect(Object.values(await balance(session_id))).toEqual([0, 0, 0, 0])
    expect((await messages(session_id)).map(({ payload }) => [payload.data.sequence, payload.data.outcome])).toEqual([
      [1, 'COMPLETED'],
      [2, 'REJECTED'],
    ])
  })
})

describe('a provisional complete', () => {
  test('is sent, not booked; the proof books it and sends an adjustment', async () => {
    const { session_id } = await enteredSession(database.knex, { requiredGrade: 'E2' })
    const browser = aClaim('COMPLETED', { source: 'return', grade: 'E1' })
    const first = await settled(database.knex, session_id, browser, later(1))
    expect(first.applied).toMatchObject({
      session: { provisional: true, payable: false },
      evidenceDeadline: later(DAY),
    })
    expect(await booked(session_id)).toEqual([])

    const second = await settled(database.knex, session_id, aClaim('COMPLETED'), later(2))
    expect(second.applied).toMatchObject({ session: { provisional: false, payable: true }, evidenceDeadline: null })
    expect(await booked(session_id)).toHaveLength(1)
    expect(
      (await messages(session_id)).map(({ type, payload: { data } }) => [
        type,
        data.provisional,
        data.payable,
        data.reward.amount,
      ]),
    ).toEqual([
      ['session.outcome', true, false, 0],
      ['session.adjusted', false, true, 75],
    ])
    expect(await database.knex('session_adjustments').where({ session_id })).toMatchObject([
      { effect: 'confirm', from_outcome: 'COMPLETED', to_outcome: 'COMPLETED' },
    ])
  })

  test('corrected is never booked', async () => {
    const { session_id } = await enteredSession(database.knex, { requiredGrade: 'E2' })
    await settled(database.knex, session_id, aClaim('COMPLETED', { source: 'return', grade: 'E0' }))
    await settled(database.knex, session_id, aClaim('TERMINATED'))
    expect(await booked(session_id)).toEqual([])
    expect((await messages(session_id)).map(({ payload }) => payload.data.outcome)).toEqual(['COMPLETED', 'TERMINATED'])
  })
})

test('a complete after a timeout is one outcome, one adjustment and one posting', async () => {
  const { session_id } = await enteredSession(database.knex)
  await expireSession(database.knex, session_id, later(DAY))
  await apply(session_id, later(DAY))
  await settled(database.knex, session_id, aClaim('COMPLETED'), later(DAY + 1))
  expect(await database.knex('session_outcomes').where({ session_id })).toMatchObject([{ outcome: 'TIMEOUT' }])
  expect(await database.knex('session_adjustments').where({ session_id })).toMatchObject([
    { effect: 'upgrade', from_outcome: 'TIMEOUT', to_outcome: 'COMPLETED' },
  ])
  expect(await booked(session_id)).toHaveLength(1)
  expect((await messages(session_id)).map(({ type }) => type)).toEqual(['session.outcome', 'session.adjusted'])
})

test('a contradiction sets needs_review and changes neither money nor messages', async () => {
  const { session_id } = await enteredSession(database.knex)
  await settled(database.knex, session_id, aClaim('COMPLETED'))
  const { applied } = await settled(database.knex, session_id, aClaim('TERMINATED'))
  expect(applied.session).toMatchObject({ outcome: 'COMPLETED', payable: true, needs_review: true })
  expect(await booked(session_id)).toHaveLength(1)
  expect(await messages(session_id)).toHaveLength(1)
})

test('a screen-out sends its own reward', async () => {
  const { session_id } = await enteredSession(database.knex)
  await settled(database.knex, session_id, aClaim('SCREENED_OUT'))
  expect((await messages(session_id))[0].payload.data).toMatchObject({ payable: false, reward: { amount: 5 } })
})

test('a session whose id the panel never got sends no message', async () => {
  const { session_id } = await openingSession(database.knex)
  await settled(database.knex, session_id, aClaim('QUOTA_FULL', { source: 'opening' }))
  expect(await messages(session_id)).toEqual([])
  expect(await database.knex('session_outcomes').where({ session_id })).toHaveLength(1)
})

test('an unknown session is null', async () => {
  expect(await apply(crypto.randomUUID())).toBeNull()
})

test('a failure at any step rolls everything back', async () => {
  const { session_id } = await enteredSession(database.knex)
  await recordClaim(database.knex, session_id, aClaim('COMPLETED'), T0)
  await owner.raw(`
    create function refuse_postback() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$;
    create trigger refuse_postback before insert on postbacks for each row execute function refuse_postback()`)
  await expect(apply(session_id)).rejects.toThrow('no')
  await owner.raw('drop trigger refuse_postback on postbacks; drop function refuse_postback()')
  expect(await booked(session_id)).toEqual([])
  expect(await database.knex('session_outcomes').where({ session_id })).toEqual([])
  await apply(session_id)
  expect(await booked(session_id)).toHaveLength(1)
})
