import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { recordAttempt } from '../../commands/postbacks/record-attempt.js'
import { recordClaim } from '../../commands/sessions/record-claim.js'
import { connectDatabase, type Knex } from '../../db/connect.js'
import { checkInvariants, invariants } from '../../db/invariants/check.js'
import type { SessionRow } from '../../db/rows/session-row.js'
import { createTestDatabase, type TestDatabase } from '../support/database.js'
import { enter, launch, planSession } from '../support/plans.js'
import {
  aClaim,
  createdSession,
  DAY,
  enteredSession,
  mustFind,
  openingSession,
  settled,
  stock,
} from '../support/sessions.js'

let database: TestDatabase
let owner: Knex
beforeAll(async () => {
  database = await createTestDatabase()
  // one connection: `session_replication_role` is the connection's
  owner = connectDatabase({ url: database.url, applicationName: 'tributary test owner', asOwner: true, poolSize: 1 })
})
afterAll(async () => {
  await owner.destroy()
  await database.drop()
})

/** Stores what a day's work leaves in the tables, at the database's own time. */
async function ordinaryWork(): Promise<{ paid: SessionRow; reversed: SessionRow }> {
  const now = new Date()
  const given = { createdAt: now }
  await stock(database.knex)
  await openingSession(database.knex, given)
  await createdSession(database.knex, given)
  await enteredSession(database.knex, given)
  const paid = await enteredSession(database.knex, given)
  const reversed = await enteredSession(database.knex, given)
  const provisional = await enteredSession(database.knex, { ...given, requiredGrade: 'E2' })
  const ghost = await createdSession(database.knex, given)
  await settled(database.knex, paid.session_id, aClaim('COMPLETED'), now)
  await settled(database.knex, reversed.session_id, aClaim('COMPLETED'), now)
  await settled(database.knex, reversed.session_id, aClaim('REJECTED'), now)
  await settled(database.knex, provisional.session_id, aClaim('COMPLETED', { grade: 'E1', source: 'return' }), now)
  await settled(database.knex, ghost.session_id, aClaim('COMPLETED'), now)
  const { postback_id } = await database.knex('postbacks').where({ session_id: paid.session_id }).first()
  await recordAttempt(
    database.knex,
    postback_id,
    { at: now, status: 204, error: null, bodyHead: null, durationMs: 3 },
    { state: 'delivered', ownedUntil: now },
  )
  // a claim that its workflow has not applied yet
  await recordClaim(database.knex, (await enteredSession(database.knex, given)).session_id, aClaim('COMPLETED'), now)
  await ordinaryPlan(now)
  return { paid: await mustFind(database.knex, paid.session_id), reversed }
}

/** Our own survey plan with every kind of session: filled, reversed, provisional, over quota, held, terminated. */
async function ordinaryPlan(now: Date): Promise<void> {
  const planId = await launch(
    database.knex,
    { targetCompletes: 4, quotas: [{ id: 'all', targetCompletes: 4, qualifications: [] }] },
    { allocations: { lifepoints: 3 } },
  )
  const entered = async (given: Parameters<typeof planSession>[3] = {}): Promise<string> => {
    const session = await planSession(database.knex, planId, ['all'], { createdAt: now, ...given })
    const entry = await enter(database.knex, session, now)
    if (entry.kind !== 'entered') throw new Error(`the entry was refused: ${JSON.stringify(entry)}`)
    return session.session_id
  }
  const paid = await entered()
  const reversed = await entered()
  await settled(database.knex, paid, aClaim('COMPLETED'), now)
  await settled(database.knex, reversed, aClaim('COMPLETED'), now)
  await settled(database.knex, reversed, aClaim('REJECTED'), now)
  const provisional = await entered({ requiredGrade: 'E2' })
  await settled(database.knex, provisional, aClaim('COMPLETED', { grade: 'E1', source: 'return' }), now)
  await settled(database.knex, await entered(), aClaim('TERMINATED'), now)
  const late = await entered()
  // its hold expires before its complete comes, and others take the slot
  await database
    .knex('plan_sessions')
    .where({ session_id: late })
    .update({ held_until: new Date(now.getTime() - 1) })
  const last = [await entered(), await entered()]
  for (const sessionId of last) await settled(database.knex, sessionId, aClaim('COMPLETED'), now)
  const { recorded } = await settled(database.knex, late, aClaim('COMPLETED'), now)
  if (recorded.session.unpaid_reason !== 'over_quota') throw new Error('nothing is over quota')
  const holding = await launch(database.knex, { quotas: [{ id: 'all', targetCompletes: 4, qualifications: [] }] })
  await enter(database.knex, await planSession(database.knex, holding, ['all'], { createdAt: now }), now)
}

const broken = async (): Promise<string[]> =>
  (await checkInvariants(database.knex)).map(({ invariant }) => invariant.id)

describe('a clean database', () => {
  test('breaks no invariant, empty or after ordinary work', async () => {
    expect(await broken()).toEqual([])
    await ordinaryWork()
    expect(await broken()).toEqual([])
  })

  test('every invariant has an id of its own and runs for the application, which owns nothing', () => {
    expect(new Set(invariants.map(({ id }) => id)).size).toBe(invariants.length)
  })
})

/** Plants one violation with triggers and foreign keys off, and rolls it back afterwards. */
type Plant = (trx: Knex, rows: { paid: SessionRow; reversed: SessionRow }) => Promise<unknown>
const ago = (interval: string) => owner.raw(`now() - interval '${interval}'`)

const survey = (trx: Knex, given: object) => trx('surveys').where({ provider_survey_id: 'plan-1' }).update(given)
const session = (trx: Knex, { session_id }: SessionRow, given: object) =>
  trx('sessions').where({ session_id }).update(given)

const receivedBatch = (trx: Knex, keys: string[], accepted: number) =>
  trx.raw(
    `insert into received_batches
     select connection, 1, 0, now(), ?, array_fill(source_order, array[?::int]), ?, 0 from surveys
      where provider_survey_id = 'plan-1'`,
    [keys, keys.length, accepted],
  )

const fromClaim = ({ claim_id, session_id }: { claim_id: string; session_id: string }) => ({
  source_kind: 'claim',
  source_id: claim_id,
  claim_id,
  session_id,
})
/** Not a claim: for a second posting of one. */
const OTHER_SOURCE = { source_kind: 'manual', source_id: 'another', claim_id: null }

const violations: Record<string, Plant> = {
  I1: async (trx) => {
    await trx.raw('alter table connections drop constraint no_ack_before_commit')
    await trx('connections').update({ acked_id: 7 })
  },
  // the page claims one record more than the tables have
  I2: (trx) => receivedBatch(trx, ['plan-1', 'lost-plan'], 2),
  // the stores lost one of two records without a trace
  I2c: (trx) => receivedBatch(trx, ['plan-1', 'plan-1'], 1),
  I2b: (trx) => trx('supply_log').where({ item_key: 'plan-1' }).delete(),
  I3: (trx) => trx('supply_log').update({ poll_epoch: 99 }),
  I5: (trx) =>
    trx.raw(`insert into supply_log (connection, item_key, source_order, source_version, disposition, poll_epoch)
             select connection, provider_survey_id, source_order + 1, 'x', 'stored', 0 from surveys`),
  I6: (trx) =>
    trx.raw(`insert into quarantine (connection, item_key, provider_survey_id, source_order, reason, raw)
             select connection, provider_survey_id, provider_survey_id, source_order + 1, 'unreadable', '' from surveys`),
  I6b: (trx) => survey(trx, { dirty: true, changed_at: ago('2 minutes') }),
  I8: (trx) => trx('sessions').where({ state: 'created' }).update({ provider_entry_url: null }),
  I9: (trx, { paid }) =>
    trx('idempotency_keys').insert({
      panel: 'p',
      key: 'k',
      request_hash: 'h',
      session_id: paid.session_id,
      status: 500,
      body: '{}',
      locked_until: new Date(),
    }),
  I10: (trx) =>
    trx('sessions')
      .where({ state: 'created' })
      .update({ entry_deadline: ago('3 minutes') }),
  I11: (trx) => trx('sessions').where({ state: 'entered' }).update({ cpi_minor: null, currency: null }),
  I13: (trx) =>
    trx('outcome_claims')
      .whereNull('applied_at')
      .update({ received_at: ago('61 seconds') }),
  I13b: (trx, { paid }) =>
    trx('outcome_claims')
      .where({ session_id: paid.session_id })
      .update({ standing: trx.raw(`standing || '{"reversed": true}'`) }),
  I14: (trx, { paid }) => session(trx, paid, { grade: 'E0' }),
  I15: (trx) =>
    trx('postbacks')
      .where({ state: 'pending' })
      .update({ owned_until: ago('2 minutes') }),
  I19: (trx, { paid }) =>
    trx.raw(
      `update ledger_entries e set amount_minor = amount_minor + 1 from ledger_transactions t
        where t.transaction_id = e.transaction_id and t.session_id = ? and e.account like 'payable:%'`,
      [paid.session_id],
    ),
  I19b: async (trx, { paid }) => {
    const claim = await trx('outcome_claims').where({ session_id: paid.session_id }).first()
    await trx('ledger_transactions').insert({
      kind: 'adjustment',
      ...fromClaim(claim),
      reason: 'empty',
      period: '2026-11',
      period_of_origin: '2026-11',
    })
  },
  I20: async (trx, { paid }) => {
    // paid twice at half the price: the sum is right, but the invariant is broken
    const [first] = await trx('ledger_transactions').where({ session_id: paid.session_id })
    const [claim] = await trx('outcome_claims').where({ session_id: paid.session_id })
    await trx('ledger_transactions').where({ transaction_id: first.transaction_id }).update(OTHER_SOURCE)
    const [second] = await trx('ledger_transactions')
      .insert({
        kind: 'complete',
        ...fromClaim(claim),
        reason: 'x',
        period: '2026-11',
        period_of_origin: '2026-11',
      })
      .returning('transaction_id')
    await trx.raw('update ledger_entries set amount_minor = 75 where transaction_id = ? and amount_minor = 150', [
      first.transaction_id,
    ])
    await trx.raw(
      `insert into ledger_entries select ?, line, account, side, amount_minor, currency from ledger_entries
        where transaction_id = ? and line <= 2`,
      [second.transaction_id, first.transaction_id],
    )
  },
  I20b: (trx, { reversed }) =>
    trx.raw(
      `update ledger_entries e set account = 'receivable:other' from ledger_transactions t
        where t.transaction_id = e.transaction_id and t.session_id = ? and t.kind = 'reversal' and e.account like 'receivable:%'`,
      [reversed.session_id],
    ),
  I20c: (trx, { reversed }) =>
    trx.raw("update ledger_transactions set number = 1 where session_id = ? and kind = 'reversal'", [
      reversed.session_id,
    ]),
  I22: (trx) => trx.raw('alter table postbacks no force row level security'),
  I23: (trx, { paid }) => trx('session_events').where({ session_id: paid.session_id, type: 'created' }).delete(),
  I24: (trx, { paid }) => trx('session_inputs').insert({ session_id: paid.session_id, profile: '{}' }),
  I25: (trx, { paid }) => session(trx, paid, { cpi_minor: 151 }),
  I25b: (trx) =>
    trx('sessions')
      .where({ needs_review: true, outcome: 'COMPLETED' })
      .update({ needs_review: false, review_reason: null }),
  I30: (trx) => trx('plan_panels').where('completes', '>', 0).update({ completes: 0 }),
  I31: async (trx) => {
    await trx('plan_sessions').whereIn('slot', ['held', 'provisional']).update({ slot: 'released', held_until: null })
    await trx('plan_quotas').where('completes', '>', 0).update({ target_completes: 0 })
  },
  I32: async (trx) => {
    // slots and counters agree, but the sessions are payable
    await trx('plan_sessions').where({ slot: 'filled' }).update({ slot: 'released' })
    for (const table of ['survey_plans', 'plan_quotas', 'plan_panels']) await trx(table).update({ completes: 0 })
  },
  I33: (trx) => trx('survey_plans').where({ completes: 0 }).update({ target_completes: 0 }),
  I34: (trx) =>
    trx('plan_sessions')
      .where({ slot: 'released' })
      .update({ slot: 'held', held_until: ago('1 minute') }),
  I35: (trx) => trx('plan_sessions').where({ slot: 'filled' }).update({ panelist_profile: '{"age": 22}' }),
  I37: (trx, { paid }) =>
    trx.raw('update currency_scales set currency = ?, since = ? where currency = ?', [
      paid.currency,
      new Date(paid.created_at.getTime() + 1),
      'COP',
    ]),
  // one posting more than the month had when it closed
  I38: (trx) =>
    trx.raw(
      `insert into ledger_periods (period, state, changed_at, changed_by, postings)
       select period, 'closed', now(), 'ops', count(*) - 1 from ledger_transactions group by period`,
    ),
  I39: async (trx, { paid }) => {
    const other = randomUUID()
    await trx('ledger_transactions')
      .where({ session_id: paid.session_id })
      .update({ claim_id: other, source_id: other })
  },
  I40: async (trx, { paid }) => {
    await trx.raw('alter table ledger_entries drop constraint account_is_known')
    await trx.raw(
      `update ledger_entries e set account = 'revenue' from ledger_transactions t
        where t.transaction_id = e.transaction_id and t.session_id = ? and e.account like 'revenue:%'`,
      [paid.session_id],
    )
  },
  I36: (trx) =>
    trx('survey_plans')
      .where({ status: 'OPEN' })
      .update({ plan: trx.raw(`plan || '{"finishDate": "2020-01-01T00:00:00Z"}'`) }),
}

describe('a planted violation', () => {
  let rows: { paid: SessionRow; reversed: SessionRow }
  beforeAll(async () => {
    rows = await ordinaryWork()
  })

  test('exists for every invariant', () => {
    expect(Object.keys(violations).sort()).toEqual(invariants.map(({ id }) => id).sort())
  })

  test.each(Object.entries(violations))('of %s is found, and nothing else', async (id, plant) => {
    const back = new Error('put it back')
    await owner
      .transaction(async (trx) => {
        await trx.raw('set local session_replication_role = replica')
        await plant(trx, rows)
        await trx.raw('set local role tributary_app')
        const found: string[] = []
        for (const invariant of invariants) {
          const { rows: faults } = await trx.raw(`select * from (${invariant.sql}) violations limit 20`)
          if (faults.length > 0) found.push(invariant.id)
        }
        expect(found).toEqual([id])
        throw back
      })
      .catch((error: unknown) => {
        if (error !== back) throw error
      })
  })

  test('is reported with its invariant and its rows', async () => {
    await database
      .knex('outcome_claims')
      .whereNull('applied_at')
      .update({ received_at: new Date(Date.now() - 2 * DAY) })
    const [found, ...more] = await checkInvariants(database.knex)
    expect(more).toEqual([])
    expect(found?.invariant).toMatchObject({ id: 'I13', promise: 'every claim is applied within a minute' })
    expect(found?.rows[0]).toHaveProperty('claim_id')
  })
})
