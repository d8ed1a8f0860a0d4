import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { replacePlan } from '../../commands/plans/replace.js'
import { setQuotaStatus } from '../../commands/plans/set-quota-status.js'
import { setPlanStatus } from '../../commands/plans/set-status.js'
import { recordClaim } from '../../commands/sessions/record-claim.js'
import { recordPlatformOutcome } from '../../commands/sessions/record-platform-outcome.js'
import { isDatabaseAway } from '../../db/connect.js'
import { findPlan } from '../../db/read-models/plan-record.js'
import type { Grade, Outcome } from '../../domain/outcome.js'
import { createTestDatabase, type TestDatabase } from '../support/database.js'
import { aPlan, enter, HOLD_MS, launch, planSession } from '../support/plans.js'
import { aClaim, DAY, later, MINUTE, mustFind, T0 } from '../support/sessions.js'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

const plan = async (planId: string, now = T0) => {
  const found = await findPlan(database.knex, planId, now)
  if (found === null) throw new Error(`no plan ${planId}`)
  return found
}
const slotOf = async (sessionId: string) =>
  (await database.knex('plan_sessions').where({ session_id: sessionId }).first()).slot
const end = (sessionId: string, outcome: Outcome, now = later(5 * MINUTE), grade: Grade = 'E2') =>
  recordClaim(database.knex, sessionId, aClaim(outcome, { grade }), now)
const entered = async (planId: string, quotaIds: string[] = [], panel = 'lifepoints') => {
  const session = await planSession(database.knex, planId, quotaIds, { panel })
  return { session, entry: await enter(database.knex, session) }
}

/** Retries a call that waited too long for one of the pool's ten connections. */
async function untilServed<Answer>(work: () => Promise<Answer>): Promise<Answer> {
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!isDatabaseAway(error)) throw error
    }
  }
}

describe('an entry', () => {
  test('takes a slot that does not count as a complete', async () => {
    const planId = await launch(database.knex, { targetCompletes: 3 })
    const { session, entry } = await entered(planId)
    expect(entry).toMatchObject({ kind: 'entered', url: session.provider_entry_url })
    expect(await mustFind(database.knex, session.session_id)).toMatchObject({ state: 'entered' })
    expect((await plan(planId)).held.plan).toBe(1)
    expect((await plan(planId)).completes.plan).toBe(0)
  })

  test('500 at the same time on a quota of 50: 50 enter, 450 are refused as full', async () => {
    const planId = await launch(database.knex, {
      targetCompletes: 1_000,
      quotas: [{ id: 'q', qualifications: [], targetCompletes: 50 }],
    })
    const sessions = await Promise.all(Array.from({ length: 500 }, () => planSession(database.knex, planId, ['q'])))
    const entries = await Promise.all(sessions.map((session) => untilServed(() => enter(database.knex, session))))
    expect(entries.filter(({ kind }) => kind === 'entered')).toHaveLength(50)
    const refused = entries.filter((entry) => entry.kind === 'refused')
    expect(refused).toHaveLength(450)
    expect(refused.every((entry) => entry.why.kind === 'quota_full')).toBe(true)

    // those who entered complete at the same time too
    const inside = sessions.filter((_, index) => entries[index]?.kind === 'entered')
    const claims = await Promise.all(inside.map(({ session_id }) => untilServed(() => end(session_id, 'COMPLETED'))))
    expect(claims.every((claim) => claim?.session.payable)).toBe(true)
    const after = await plan(planId)
    expect(after.completes.quotas.get('q')).toBe(50)
    expect(after.quotaStatuses.get('q')).toBe('CLOSED')
    expect(after.status).toBe('OPEN')
  }, 240_000)

  test('is refused when plan or quota is paused, closed, or over', async () => {
    const planId = await launch(database.knex, { quotas: [{ id: 'q', qualifications: [] }] })
    const attempt = async () => (await entered(planId, ['q'])).entry
    const change = (status: 'OPEN' | 'PAUSED' | 'CLOSED') =>
      database.knex.transaction((trx) => setPlanStatus(trx, 'acme', planId, status, T0))
    await change('PAUSED')
    expect(await attempt()).toEqual({ kind: 'refused', why: { kind: 'not_open' } })
    await change('OPEN')
    await database.knex.transaction((trx) => setQuotaStatus(trx, 'acme', planId, 'q', 'CLOSED', T0))
    expect(await attempt()).toEqual({ kind: 'refused', why: { kind: 'not_open' } })
    await database.knex.transaction((trx) => setQuotaStatus(trx, 'acme', planId, 'q', 'OPEN', T0))
    expect((await attempt()).kind).toBe('entered')

    const over = await launch(database.knex, { finishDate: '2026-11-20T10:00:00.000Z' })
    expect((await entered(over)).entry).toEqual({ kind: 'refused', why: { kind: 'not_open' } })
  })

  test('keeps its slot until the hold expires', async () => {
    const planId = await launch(database.knex, { targetCompletes: 1 })
    await entered(planId)
    const second = await planSession(database.knex, planId)
    expect(await enter(database.knex, second, later(HOLD_MS - 1))).toMatchObject({
      kind: 'refused',
      why: { kind: 'plan_full' },
    })
    expect(await enter(database.knex, second, later(HOLD_MS))).toMatchObject({ kind: 'look_closer' })
    const third = await planSession(database.knex, planId, [], { entryTtlMs: DAY })
    expect((await enter(database.knex, third, later(HOLD_MS))).kind).toBe('entered')
  })

  test('of one panel is limited by its allocation and flexibility (PureSpectrum Supply API)', async () => {
    for (const [flexibilityPercent, most] of [
      [0, 2],
      [50, 6],
      [100, 10],
    ] as const) {
      const planId = await launch(
        database.knex,
        { targetCompletes: 10, targetPanels: ['lifepoints', 'toplife'] },
        { flexibilityPercent, allocations: { lifepoints: 2, toplife: 8 } },
      )
      const kinds = []
      for (let at = 0; at < 11; at += 1) kinds.push((await entered(planId)).entry)
      expect(kinds.filter(({ kind }) => kind === 'entered')).toHaveLength(most)
      const last = kinds.at(-1)
      expect(last?.kind === 'refused' && last.why.kind).toBe(most === 10 ? 'plan_full' : 'allocation_reached')
    }
  })

  test('into a soft launch is refused at its completes until the full launch begins', async () => {
    const planId = await launch(
      database.knex,
      { targetCompletes: 10 },
      { softLaunch: { completes: 2, pauseMs: MINUTE } },
    )
    await entered(planId)
    await entered(planId)
    expect((await entered(planId)).entry).toEqual({ kind: 'refused', why: { kind: 'soft_launch' } })
    await database.knex('survey_plans').where({ plan_id: planId }).update({ fully_launched_at: T0 })
    expect((await entered(planId)).entry.kind).toBe('entered')
  })
})

describe('an outcome', () => {
  test('finishes the slot: a complete fills it, any other outcome releases it', async () => {
    const planId = await launch(database.knex, {
      targetCompletes: 2,
      quotas: [{ id: 'q', qualifications: [], targetCompletes: 2 }],
    })
    const { session: good } = await entered(planId, ['q'])
    const { session: bad } = await entered(planId, ['q'])
    await end(bad.session_id, 'TERMINATED')
    expect(await slotOf(bad.session_id)).toBe('released')
    await end(good.session_id, 'COMPLETED')
    expect(await slotOf(good.session_id)).toBe('filled')
    const after = await plan(planId)
    expect([after.completes.plan, after.held.plan, after.completes.panels.get('lifepoints')]).toEqual([1, 0, 1])
    expect(after.completes.quotas.get('q')).toBe(1)
  })

  test('that is repeated or contradicted counts once', async () => {
    const planId = await launch(database.knex)
    const { session } = await entered(planId)
    const claim = aClaim('COMPLETED')
    await recordClaim(database.knex, session.session_id, claim, later(MINUTE))
    await recordClaim(database.knex, session.session_id, claim, later(MINUTE))
    await end(session.session_id, 'COMPLETED')
    await end(session.session_id, 'TERMINATED')
    expect((await plan(planId)).completes.plan).toBe(1)
    expect(await slotOf(session.session_id)).toBe('filled')
  })

  test('that fills the target closes the plan, and the buyer cannot open it again', async () => {
    const planId = await launch(database.knex, { targetCompletes: 1 })
    const { session } = await entered(planId)
    await end(session.session_id, 'COMPLETED')
    expect(await plan(planId)).toMatchObject({ status: 'CLOSED', row: { statusReason: 'filled' } })
    const survey = await database.knex('surveys').where({ provider_survey_id: planId }).first()
    expect(survey).toMatchObject({ status: 'closed', available_completes: 0 })
    expect(await database.knex.transaction((trx) => setPlanStatus(trx, 'acme', planId, 'OPEN', T0))).toEqual({
      kind: 'refused',
      reason: 'filled',
    })
  })

  test('that is not proven keeps the slot, and proof fills it', async () => {
    const planId = await launch(database.knex, { targetCompletes: 1 })
    const { session } = await entered(planId)
    await end(session.session_id, 'COMPLETED', later(MINUTE), 'E0')
    expect(await slotOf(session.session_id)).toBe('provisional')
    // a provisional slot does not expire
    expect((await plan(planId, later(10 * DAY))).held.plan).toBe(1)
    await end(session.session_id, 'COMPLETED', later(2 * DAY), 'E2')
    expect(await slotOf(session.session_id)).toBe('filled')
    expect(await mustFind(database.knex, session.session_id)).toMatchObject({ payable: true, provisional: false })
  })

  test('that is reversed frees the slot for another respondent', async () => {
    const planId = await launch(database.knex, { targetCompletes: 1 })
    const { session } = await entered(planId)
    await end(session.session_id, 'COMPLETED')
    await end(session.session_id, 'REJECTED', later(DAY))
    expect(await slotOf(session.session_id)).toBe('released')
    expect((await plan(planId)).completes.plan).toBe(0)
    expect(await database.knex.transaction((trx) => setPlanStatus(trx, 'acme', planId, 'OPEN', T0))).toMatchObject({
      kind: 'changed',
    })
  })
})

describe('a complete whose hold has expired', () => {
  const late = async (policy: { overage?: number }) => {
    const planId = await launch(database.knex, { targetCompletes: 1 }, policy)
    const first = await planSession(database.knex, planId)
    await enter(database.knex, first)
    const second = await planSession(database.knex, planId, [], { entryTtlMs: DAY })
    expect((await enter(database.knex, second, later(HOLD_MS))).kind).toBe('entered')
    return { planId, first, second }
  }

  test('takes a free slot where there is one', async () => {
    const { planId, first, second } = await late({})
    await end(second.session_id, 'TERMINATED', later(HOLD_MS + MINUTE))
    await end(first.session_id, 'COMPLETED', later(2 * HOLD_MS))
    expect(await mustFind(database.knex, first.session_id)).toMatchObject({ outcome: 'COMPLETED', payable: true })
    expect((await plan(planId)).completes.plan).toBe(1)
  })

  test('is not payable where there is none, and has the reason', async () => {
    const { planId, first, second } = await late({})
    const recorded = await end(first.session_id, 'COMPLETED', later(HOLD_MS + MINUTE))
    expect(recorded?.session).toMatchObject({ outcome: 'COMPLETED', payable: false, unpaid_reason: 'over_quota' })
    await end(second.session_id, 'COMPLETED', later(HOLD_MS + 2 * MINUTE))
    expect(await mustFind(database.knex, second.session_id)).toMatchObject({ payable: true, unpaid_reason: null })
    expect((await plan(planId)).completes.plan).toBe(1)
  })

  test('takes its slot again after an unproven end', async () => {
    const planId = await launch(database.knex, { targetCompletes: 1 })
    const session = await planSession(database.knex, planId)
    await enter(database.knex, session)
    const told = (outcome: Outcome, grade: Grade, source: 'return' | 'postback') =>
      recordPlatformOutcome(database.knex, session.session_id, { source, outcome, grade }, later(MINUTE))
    await told('TERMINATED', 'E0', 'return')
    expect(await slotOf(session.session_id)).toBe('released')
    expect(await told('COMPLETED', 'E2', 'postback')).toMatchObject({ effect: 'upgrade', session: { payable: true } })
    expect(await slotOf(session.session_id)).toBe('filled')
    expect((await plan(planId)).completes.plan).toBe(1)
  })

  test('may use the overage that the buyer agreed, and no more', async () => {
    const { planId, first, second } = await late({ overage: 1 })
    await end(first.session_id, 'COMPLETED', later(HOLD_MS + MINUTE))
    await end(second.session_id, 'COMPLETED', later(HOLD_MS + 2 * MINUTE))
    expect(await mustFind(database.knex, first.session_id)).toMatchObject({ payable: true })
    expect(await mustFind(database.knex, second.session_id)).toMatchObject({ payable: true })
    expect((await plan(planId)).completes.plan).toBe(2)
  })
})

describe('a target that is lowered', () => {
  test('is refused below completes and holds, of the plan and of a quota', async () => {
    const planId = await launch(database.knex, {
      targetCompletes: 5,
      quotas: [{ id: 'q', qualifications: [], targetCompletes: 4 }],
    })
    for (let at = 0; at < 3; at += 1) await entered(planId, ['q'])
    const replace = (targetCompletes: number, ofQuota: number) =>
      database.knex.transaction((trx) =>
        replacePlan(
          trx,
          planId,
          aPlan({ targetCompletes, quotas: [{ id: 'q', qualifications: [], targetCompletes: ofQuota }] }),
          T0,
        ),
      )
    expect(await replace(2, 4)).toBe('below_completes')
    expect(await replace(5, 2)).toBe('below_completes')
    expect(await replace(3, 3)).toBe('replaced')
  })

  test('makes the complete of an expired hold over quota, and loses no claim', async () => {
    const planId = await launch(database.knex, { targetCompletes: 2 })
    const people = [await entered(planId), await entered(planId)]
    await database.knex('survey_plans').where({ plan_id: planId }).update({ target_completes: 1 })
    await database.knex.raw(
      `update survey_plans set plan = jsonb_set(plan, '{targetCompletes}', '1') where plan_id = ?`,
      [planId],
    )
    for (const { session } of people) await end(session.session_id, 'COMPLETED')
    const rows = await Promise.all(people.map(({ session }) => mustFind(database.knex, session.session_id)))
    expect(rows.map((row) => [row.outcome, row.payable, row.unpaid_reason])).toEqual([
      ['COMPLETED', true, null],
      ['COMPLETED', false, 'over_quota'],
    ])
    expect((await plan(planId)).completes.plan).toBe(1)
  })

  test('changes the columns of the catalogue with it', async () => {
    const planId = await launch(database.knex)
    const pricing = { cpi: 3, unit: 'main', currency: 'GBP' } as const
    await database.knex.transaction((trx) =>
      replacePlan(trx, planId, aPlan({ pricing, estimatedLoi: 9, finishDate: '2027-01-01T00:00:00.000Z' }), T0),
    )
    expect(await database.knex('surveys').where({ provider_survey_id: planId }).first()).toMatchObject({
      cpi_minor: '300',
      currency: 'GBP',
      loi_minutes: 9,
      finish_at: new Date('2027-01-01T00:00:00.000Z'),
    })
  })
})

test('a target is not lowered below the completes', async () => {
  const planId = await launch(database.knex, { targetCompletes: 3 })
  for (let at = 0; at < 2; at += 1) {
    const { session } = await entered(planId)
    await end(session.session_id, 'COMPLETED')
  }
  const replace = (targetCompletes: number) =>
    database.knex.transaction((trx) => replacePlan(trx, planId, aPlan({ targetCompletes }), T0))
  expect(await replace(1)).toBe('below_completes')
  expect(await replace(2)).toBe('replaced')
  // it is reached: no complete will come to close it
  expect(await plan(planId)).toMatchObject({ status: 'CLOSED', row: { statusReason: 'filled' } })
})
