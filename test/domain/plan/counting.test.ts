import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  availableOfPlan,
  availableOfQuota,
  type Counting,
  noRoomFor,
  type PlanCounts,
  panelCap,
} from '../../../domain/plan/counting.js'
import { DEFAULT_POLICY } from '../../../domain/plan/survey-plan.js'

const counts = (plan = 0, quotas: Record<string, number> = {}, panels: Record<string, number> = {}): PlanCounts => ({
  plan,
  quotas: new Map(Object.entries(quotas)),
  panels: new Map(Object.entries(panels)),
})

const counting = (given: Partial<Counting> = {}): Counting => ({
  plan: { targetCompletes: 10, quotas: [{ id: 'q', qualifications: [], targetCompletes: 4 }] },
  policy: DEFAULT_POLICY,
  fullyLaunched: true,
  completes: counts(),
  held: counts(),
  ...given,
})

describe('room for one more', () => {
  test.each([
    ['an entry into an empty plan', counting(), 'entry', null],
    [
      'an entry when completes and holds reach the target',
      counting({ completes: counts(6), held: counts(4) }),
      'entry',
      'plan_full',
    ],
    ['an entry while one is free', counting({ completes: counts(6), held: counts(3) }), 'entry', null],
    [
      'an entry into a full quota',
      counting({ completes: counts(3, { q: 3 }), held: counts(1, { q: 1 }) }),
      'entry',
      'quota_full',
    ],
    [
      'an entry that overage would allow',
      counting({ completes: counts(10), policy: { ...DEFAULT_POLICY, overage: 1 } }),
      'entry',
      'plan_full',
    ],
    [
      'a late complete within the overage',
      counting({ completes: counts(10), policy: { ...DEFAULT_POLICY, overage: 1 } }),
      'late',
      null,
    ],
    [
      'a late complete beyond it',
      counting({ completes: counts(11), policy: { ...DEFAULT_POLICY, overage: 1 } }),
      'late',
      'plan_full',
    ],
  ] as const)('%s', (_what, given, wanted, kind) => {
    expect(noRoomFor(given, 'lifepoints', ['q'], wanted)?.kind ?? null).toBe(kind)
  })

  const SOFT = { ...DEFAULT_POLICY, softLaunch: { completes: 2, pauseMs: 1 } }
  test.each([
    ['an entry below the soft launch', 1, false, 'entry', null],
    ['an entry at the soft launch', 2, false, 'entry', 'soft_launch'],
    ['an entry after it', 2, true, 'entry', null],
    // the respondent was let in: a pause for the buyer takes nothing from what they earned
    ['a late complete at the soft launch', 2, false, 'late', null],
    ['a late complete far beyond it', 9, false, 'late', null],
  ] as const)('%s', (_what, taken, fullyLaunched, wanted, kind) => {
    const given = counting({ policy: SOFT, fullyLaunched, completes: counts(taken - 1), held: counts(1) })
    expect(noRoomFor(given, 'lifepoints', [], wanted)?.kind ?? null).toBe(kind)
  })

  test('a plan without a soft launch is not in one, whatever its launch says', () => {
    expect(noRoomFor(counting({ fullyLaunched: false, completes: counts(9) }), 'lifepoints', [], 'entry')).toBeNull()
  })

  test.each([
    ['an entry below the cap of its panel', 2, 'entry', null],
    ['an entry at the cap, whatever the overage', 3, 'entry', 'allocation_reached'],
    ['a late complete at the cap, within the overage', 3, 'late', null],
    ['a late complete at the end of the overage', 4, 'late', 'allocation_reached'],
  ] as const)('%s', (_what, ofPanel, wanted, kind) => {
    const policy = { ...DEFAULT_POLICY, overage: 1, flexibilityPercent: 0, allocations: { a: 3 } }
    const completes = counts(ofPanel, {}, { a: ofPanel - 1 })
    const held = counts(0, {}, { a: 1 })
    expect(noRoomFor(counting({ policy, completes, held }), 'a', [], wanted)?.kind ?? null).toBe(kind)
  })

  test.each([
    ['a late complete of a full quota, within the overage', 4, null],
    ['a late complete of a quota at the end of the overage', 5, 'quota_full'],
  ] as const)('%s', (_what, inQuota, kind) => {
    const policy = { ...DEFAULT_POLICY, overage: 1 }
    const given = counting({ policy, completes: counts(inQuota, { q: inQuota - 1 }), held: counts(0, { q: 1 }) })
    expect(noRoomFor(given, 'lifepoints', ['q'], 'late')?.kind ?? null).toBe(kind)
  })

  test('names the quota that is full, among those asked about only', () => {
    const full = counting({ completes: counts(4, { q: 4 }) })
    expect(noRoomFor(full, 'lifepoints', ['q'], 'entry')).toEqual({ kind: 'quota_full', quotaId: 'q' })
    expect(noRoomFor(full, 'lifepoints', [], 'entry')).toBeNull()
    expect(noRoomFor(full, 'lifepoints', ['other'], 'entry')).toBeNull()
  })

  test('a quota without a target is capped by the plan alone', () => {
    const given = counting({ plan: { targetCompletes: 10, quotas: [{ id: 'q', qualifications: [] }] } })
    expect(noRoomFor({ ...given, completes: counts(9, { q: 9 }) }, 'lifepoints', ['q'], 'entry')).toBeNull()
    expect(availableOfQuota({ ...given, completes: counts(9, { q: 9 }) }, 'q')).toBeNull()
  })

  test('available completes ignore holds, and are never negative', () => {
    expect(availableOfPlan(counting({ completes: counts(3), held: counts(7) }))).toBe(7)
    expect(availableOfPlan(counting({ completes: counts(12) }))).toBe(0)
    expect(availableOfQuota(counting({ completes: counts(0, { q: 1 }) }), 'q')).toBe(3)
    expect(availableOfQuota(counting({ completes: counts(0, { q: 5 }) }), 'q')).toBe(0)
    expect(availableOfQuota(counting(), 'none of the plan')).toBeNull()
  })
})

describe("a panel's cap (PureSpectrum Supply API, Overview)", () => {
  test.each([
    [100, 24],
    [50, 17],
    // 10 + 7.14 and 10 + 13.86: a part of a complete is none
    [51, 17],
    [99, 23],
    [1, 10],
    [0, 10],
  ])('flexibility %d %% of 24 with 10 allocated = %d', (flexibilityPercent, cap) => {
    expect(panelCap(24, { flexibilityPercent, allocations: { a: 10, b: 14 } }, 'a')).toBe(cap)
  })

  test('a panel without an allocation has the flexible part only', () => {
    expect(panelCap(24, { flexibilityPercent: 25, allocations: { a: 10 } }, 'b')).toBe(6)
  })

  test('is rounded down where half a complete is left, and is never beyond the total', () => {
    expect(panelCap(25, { flexibilityPercent: 50, allocations: { a: 10 } }, 'a')).toBe(17)
    expect(panelCap(3, { flexibilityPercent: 50, allocations: { a: 0 } }, 'b')).toBe(1)
    expect(panelCap(5, { flexibilityPercent: 0, allocations: { a: 9 } }, 'a')).toBe(5)
  })

  test('without allocations no panel is restricted', () => {
    expect(panelCap(24, { flexibilityPercent: 0, allocations: {} }, 'b')).toBe(24)
  })
})

/** What can happen to a plan: an entry, an outcome of a session, a hold that expires. */
type Step =
  | { readonly do: 'enter'; readonly panel: string; readonly quotas: readonly string[] }
  | { readonly do: 'complete' | 'leave' | 'forget' | 'reverse'; readonly who: number }

interface Respondent {
  readonly panel: string
  readonly quotas: readonly string[]
  slot: 'held' | 'lapsed' | 'filled' | 'gone'
}

/** Applies the rules of docs/buyers.md, Counting, with noRoomFor only, as the stores do under the plan's lock. */
function play(base: Counting, steps: readonly Step[]): Respondent[] {
  const people: Respondent[] = []
  const now = (): Counting => ({
    ...base,
    completes: tally(people.filter((one) => one.slot === 'filled')),
    held: tally(people.filter((one) => one.slot === 'held')),
  })
  for (const step of steps) {
    if (step.do === 'enter') {
      if (noRoomFor(now(), step.panel, step.quotas, 'entry') === null) {
        people.push({ panel: step.panel, quotas: step.quotas, slot: 'held' })
      }
      continue
    }
    const one = people[step.who % Math.max(people.length, 1)]
    if (one === undefined) continue
    if (step.do === 'forget' && one.slot === 'held') one.slot = 'lapsed'
    if (step.do === 'leave' && one.slot !== 'filled') one.slot = 'gone'
    if (step.do === 'reverse' && one.slot === 'filled') one.slot = 'gone'
    if (step.do === 'complete' && (one.slot === 'held' || one.slot === 'lapsed')) {
      const keeps = one.slot === 'held'
      one.slot = keeps || noRoomFor(now(), one.panel, one.quotas, 'late') === null ? 'filled' : 'gone'
    }
  }
  return people
}

function tally(people: readonly Respondent[]): PlanCounts {
  const quotas: Record<string, number> = {}
  const panels: Record<string, number> = {}
  for (const one of people) {
    panels[one.panel] = (panels[one.panel] ?? 0) + 1
    for (const quota of one.quotas) quotas[quota] = (quotas[quota] ?? 0) + 1
  }
  return counts(people.length, quotas, panels)
}

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant('enter' as const),
    panel: fc.constantFrom('a', 'b', 'c'),
    quotas: fc.subarray(['x', 'y']),
  }),
  fc.record({
    do: fc.constantFrom('complete' as const, 'leave' as const, 'forget' as const, 'reverse' as const),
    who: fc.nat(40),
  }),
)

/** Long ones too: by itself fast-check draws about ten steps at most. */
const anyStory = fc.array(anyStep, { maxLength: 80, size: 'max' })

const anyPlan = fc.record({
  target: fc.integer({ min: 1, max: 8 }),
  x: fc.integer({ min: 0, max: 5 }),
  y: fc.integer({ min: 0, max: 5 }),
  overage: fc.integer({ min: 0, max: 2 }),
  flexibilityPercent: fc.integer({ min: 0, max: 100 }),
  allocations: fc.oneof(
    fc.constant<Record<string, number>>({}),
    fc.record({ a: fc.nat(4), b: fc.nat(4) }).map((given): Record<string, number> => given),
  ),
})

/** A panel's cap in whole hundredths of a complete; a part of one is dropped. */
function capByHand(total: number, flexibilityPercent: number, allocations: Record<string, number>, panel: string) {
  if (Object.keys(allocations).length === 0) return total
  const own = Math.min(allocations[panel] ?? 0, total)
  const hundredths = own * 100 + (total - own) * flexibilityPercent
  return (hundredths - (hundredths % 100)) / 100
}

test('a late complete is paid exactly while plan, quotas and panel are within cap plus overage', () => {
  const few = fc.nat(4)
  fc.assert(
    fc.property(
      anyPlan,
      fc.option(few, { nil: null }),
      fc.subarray(['x', 'y'] as const),
      fc.record({ a: few, b: few, x: few, y: few }),
      fc.record({ a: few, b: few, x: few, y: few }),
      ({ target, x, y, overage, flexibilityPercent, allocations }, soft, quotaIds, done, live) => {
        const softLaunch = soft === null ? null : { completes: soft, pauseMs: 1 }
        const policy = { ...DEFAULT_POLICY, overage, flexibilityPercent, allocations, softLaunch }
        const targets = { x, y }
        const quotas = [
          { id: 'x', qualifications: [], targetCompletes: x },
          { id: 'y', qualifications: [], targetCompletes: y },
        ]
        const standing = counting({
          plan: { targetCompletes: target, quotas },
          policy,
          fullyLaunched: soft === null,
          completes: counts(done.a + done.b, { x: done.x, y: done.y }, { a: done.a, b: done.b }),
          held: counts(live.a + live.b, { x: live.x, y: live.y }, { a: live.a, b: live.b }),
        })
        const within =
          done.a + done.b + live.a + live.b < target + overage &&
          done.a + live.a < capByHand(target, flexibilityPercent, allocations, 'a') + overage &&
          quotaIds.every((id) => done[id] + live[id] < targets[id] + overage)
        expect(noRoomFor(standing, 'a', quotaIds, 'late') === null).toBe(within)
      },
    ),
    { numRuns: 2_000 },
  )
})

test('payable completes of a plan, a quota and a panel never exceed target plus overage', () => {
  fc.assert(
    fc.property(anyPlan, anyStory, ({ target, x, y, overage, flexibilityPercent, allocations }, steps) => {
      const policy = { ...DEFAULT_POLICY, overage, flexibilityPercent, allocations }
      const quotas = [
        { id: 'x', qualifications: [], targetCompletes: x },
        { id: 'y', qualifications: [], targetCompletes: y },
      ]
      const people = play(counting({ plan: { targetCompletes: target, quotas }, policy }), steps)
      const filled = tally(people.filter((one) => one.slot === 'filled'))
      const kept = tally(people.filter((one) => one.slot === 'filled' || one.slot === 'held'))
      expect(filled.plan).toBeLessThanOrEqual(target + overage)
      expect(kept.plan).toBeLessThanOrEqual(target + overage)
      expect(filled.quotas.get('x') ?? 0).toBeLessThanOrEqual(x + overage)
      expect(filled.quotas.get('y') ?? 0).toBeLessThanOrEqual(y + overage)
      for (const panel of ['a', 'b', 'c']) {
        expect(filled.panels.get(panel) ?? 0).toBeLessThanOrEqual(panelCap(target, policy, panel) + overage)
      }
    }),
    { numRuns: 500 },
  )
})
