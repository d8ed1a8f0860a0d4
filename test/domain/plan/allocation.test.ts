import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openNow, supplierCompletes } from '../../../domain/plan/allocation.js'
import { type Counting, noRoomFor, type PlanCounts } from '../../../domain/plan/counting.js'
import { DEFAULT_POLICY, type PlanPolicy } from '../../../domain/plan/survey-plan.js'

const counts = (plan = 0, panels: Record<string, number> = {}, quotas: Record<string, number> = {}): PlanCounts => ({
  plan,
  panels: new Map(Object.entries(panels)),
  quotas: new Map(Object.entries(quotas)),
})
const counting = (target: number, policy: Partial<PlanPolicy>, completes: PlanCounts, held = counts()): Counting => ({
  plan: { targetCompletes: target, quotas: [] },
  policy: { ...DEFAULT_POLICY, ...policy },
  fullyLaunched: true,
  completes,
  held,
})

describe('a panel’s completes', () => {
  test("are the document's example: 24, 3, 21, 10, 7", () => {
    const given = counting(24, { allocations: { lifepoints: 10, toplife: 14 } }, counts(3, { lifepoints: 3 }))
    expect(supplierCompletes(given, 'lifepoints')).toEqual({
      needed: 24,
      achieved: 3,
      remaining: 21,
      guaranteed: { allocation: 10, remaining: 7 },
    })
  })

  test.each([
    [0, 10, 7],
    [50, 17, 14],
    [100, 24, 21],
  ])('follow a flexibility of %i %%', (flexibilityPercent, needed, remaining) => {
    const given = counting(24, { flexibilityPercent, allocations: { lifepoints: 10 } }, counts(3, { lifepoints: 3 }))
    expect(supplierCompletes(given, 'lifepoints')).toMatchObject({ needed, remaining })
  })

  test('remaining are at most what the whole survey still needs', () => {
    const given = counting(24, { allocations: { lifepoints: 10 } }, counts(23, { lifepoints: 3, toplife: 20 }))
    expect(supplierCompletes(given, 'lifepoints')).toEqual({
      needed: 4,
      achieved: 3,
      remaining: 1,
      guaranteed: { allocation: 10, remaining: 7 },
    })
  })

  test('have no guarantee where nothing, or 0, is allocated; it is null, not 0', () => {
    const completes = counts(3, { lifepoints: 3 })
    expect(supplierCompletes(counting(24, {}, completes), 'lifepoints').guaranteed).toBeNull()
    const others = counting(24, { allocations: { toplife: 10, lifepoints: 0 } }, completes)
    expect(supplierCompletes(others, 'lifepoints').guaranteed).toBeNull()
  })

  test('are never negative, also after the buyer reduced the guarantee', () => {
    const given = counting(
      24,
      { flexibilityPercent: 0, allocations: { lifepoints: 2 } },
      counts(12, { lifepoints: 12 }),
    )
    expect(supplierCompletes(given, 'lifepoints')).toEqual({
      needed: 12,
      achieved: 12,
      remaining: 0,
      guaranteed: { allocation: 2, remaining: 0 },
    })
  })
})

const small = fc.integer({ min: 0, max: 12 })
const standings = fc
  .record({
    target: fc.integer({ min: 1, max: 30 }),
    flexibilityPercent: fc.integer({ min: 0, max: 100 }),
    allocation: fc.option(small, { nil: null }),
    soft: fc.option(fc.integer({ min: 1, max: 20 }), { nil: null }),
    mine: small,
    others: small,
    heldMine: small,
    heldOthers: small,
    quotaTarget: fc.option(fc.integer({ min: 0, max: 15 }), { nil: null }),
    inQuota: small,
  })
  .map((given): Counting => {
    const inQuota = Math.min(given.inQuota, given.mine + given.others)
    return {
      plan: {
        targetCompletes: given.target,
        quotas: [
          {
            id: 'q',
            qualifications: [],
            ...(given.quotaTarget === null ? {} : { targetCompletes: given.quotaTarget }),
          },
        ],
      },
      policy: {
        ...DEFAULT_POLICY,
        flexibilityPercent: given.flexibilityPercent,
        allocations: given.allocation === null ? {} : { me: given.allocation },
        softLaunch: given.soft === null ? null : { completes: given.soft, pauseMs: 1 },
      },
      fullyLaunched: given.soft === null,
      completes: counts(given.mine + given.others, { me: given.mine, they: given.others }, { q: inQuota }),
      held: counts(given.heldMine + given.heldOthers, { me: given.heldMine, they: given.heldOthers }),
    }
  })

describe('what is open now', () => {
  const quotas = [
    { id: 'small', qualifications: [], targetCompletes: 1 },
    { id: 'large', qualifications: [], targetCompletes: 9 },
    { id: 'any', qualifications: [] },
  ]
  const standing = (given: Partial<Counting> = {}): Counting => ({
    ...counting(20, {}, counts(2, {}, { large: 2 }), counts(3, {}, { large: 3 })),
    ...given,
    plan: { targetCompletes: 20, quotas },
  })
  const SOFT = { ...DEFAULT_POLICY, softLaunch: { completes: 8, pauseMs: 1 } }

  test.each([
    ['of the quota that is asked about', standing(), 'large', 4],
    ['of another one', standing(), 'small', 1],
    ['of one that the plan alone caps', standing(), 'any', 15],
    ['of one that the plan does not have', standing(), 'none', 15],
    ['of the plan', standing(), null, 15],
    ['in a soft launch', standing({ policy: SOFT, fullyLaunched: false }), null, 3],
    ['after it', standing({ policy: SOFT }), null, 15],
    ['without one, before a full launch', standing({ fullyLaunched: false }), null, 15],
  ] as const)('is less what is completed and held: %s', (_what, given, quotaId, open) => {
    expect(openNow(given, 'lifepoints', quotaId)).toBe(open)
  })

  test('is above 0 exactly where the next respondent gets in', () => {
    fc.assert(
      fc.property(standings, (standing) => {
        expect(openNow(standing, 'me', 'q') > 0).toBe(noRoomFor(standing, 'me', ['q'], 'entry') === null)
        expect(openNow(standing, 'me', null) > 0).toBe(noRoomFor(standing, 'me', [], 'entry') === null)
      }),
      { numRuns: 2_000 },
    )
  })

  test('is exactly how many respondents enter, one after the other', () => {
    fc.assert(
      fc.property(standings, (standing) => {
        const open = openNow(standing, 'me', 'q')
        let entered = 0
        const { held } = standing
        const after = (more: number): Counting => ({
          ...standing,
          held: counts(
            held.plan + more,
            { me: (held.panels.get('me') ?? 0) + more, they: held.panels.get('they') ?? 0 },
            { q: (held.quotas.get('q') ?? 0) + more },
          ),
        })
        while (noRoomFor(after(entered), 'me', ['q'], 'entry') === null) entered += 1
        expect(entered).toBe(open)
      }),
    )
  })
})
