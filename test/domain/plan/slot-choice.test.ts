import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decide } from '../../../domain/eligibility/decide.js'
import type { QuotaWish } from '../../../domain/eligibility/facts.js'
import { noRoomFor, type PlanCounts } from '../../../domain/plan/counting.js'
import { type PlanStanding, surveyOfPlan } from '../../../domain/plan/plan-survey.js'
import { slotsOf } from '../../../domain/plan/slot-choice.js'
import { DEFAULT_POLICY, PLAN_STATUSES, type PlanQuota, type PlanStatus } from '../../../domain/plan/survey-plan.js'
import { type ExpandedProfile, given } from '../../../domain/targeting/expand.js'
import { aPlan } from '../../support/plans.js'
import { matchOf } from '../eligibility/facts.js'

const counts = (quotas: Record<string, number> = {}, plan = 0): PlanCounts => ({
  plan,
  quotas: new Map(Object.entries(quotas)),
  panels: new Map(),
})

function standing(
  quotas: readonly PlanQuota[],
  more: Partial<PlanStanding> & { statuses?: Record<string, PlanStatus>; rule?: 'first' | 'every' } = {},
): PlanStanding {
  const { statuses = {}, rule = 'first', ...rest } = more
  return {
    plan: aPlan({ quotas, quotaRule: rule, targetCompletes: 10 }),
    planId: 'plan_1',
    policy: DEFAULT_POLICY,
    fullyLaunched: true,
    completes: counts(),
    held: counts(),
    status: 'OPEN',
    quotaStatuses: new Map(quotas.map(({ id }) => [id, statuses[id] ?? 'OPEN'])),
    openPanels: ['lifepoints'],
    ...rest,
  }
}

const profileOf = (answers: Record<string, string>): ExpandedProfile =>
  new Map(Object.entries(answers).map(([name, value]) => [`gateway:${name}`, given([value])]))

/** What a session of the plan takes a slot of, or the rule that refuses it. */
function choose(plan: PlanStanding, answers: Record<string, string>, target: string | null = null) {
  const profile = profileOf(answers)
  const wish: QuotaWish = target === null ? { kind: 'first' } : { kind: 'these', quotaIds: [target] }
  const panel = { id: 'lifepoints', caps: null }
  const { reason, quota } = decide(matchOf(surveyOfPlan(plan), { plan, profile, panel, quota: wish }), 'book')
  if (reason !== null) return { rule: reason.rule, quotaId: reason.quotaId ?? null, given: reason.given }
  return slotsOf(plan, profile, quota?.quotaId ?? null)
}

const MEN: PlanQuota = { id: 'men', qualifications: [{ questionId: 'sex', answers: ['male'] }], targetCompletes: 2 }
const YOUNG: PlanQuota = { id: 'young', qualifications: [{ questionId: 'age', ranges: [{ from: 16, to: 21 }] }] }
const ALL: PlanQuota = { id: 'all', qualifications: [] }

describe('one quota', () => {
  test('is the first in the plan’s order that fits and is open', () => {
    const plan = (more = {}) => standing([MEN, YOUNG, ALL], more)
    expect(choose(plan(), { sex: 'male', age: '18' })).toMatchObject({ quotaId: 'men', quotaIds: ['men'] })
    expect(choose(plan({ statuses: { men: 'PAUSED' } }), { sex: 'male', age: '18' })).toMatchObject({
      quotaIds: ['young'],
    })
    expect(choose(plan({ completes: counts({ men: 1 }), held: counts({ men: 1 }) }), { sex: 'male' })).toMatchObject({
      quotaIds: ['all'],
    })
    expect(choose(plan(), {})).toMatchObject({ quotaIds: ['all'] })
  })

  test('that is named is chosen, or none', () => {
    expect(choose(standing([ALL, MEN]), { sex: 'male' }, 'men')).toMatchObject({ quotaIds: ['men'] })
    expect(choose(standing([ALL, MEN]), {}, 'men')).toMatchObject({ rule: 'quota_qualifications', quotaId: 'men' })
    expect(choose(standing([ALL, MEN]), {}, 'women')).toMatchObject({ rule: 'quota', quotaId: 'women' })
    expect(choose(standing([ALL, MEN], { statuses: { men: 'CLOSED' } }), { sex: 'male' }, 'men')).toMatchObject({
      rule: 'quota_status',
      given: 'closed',
    })
    expect(choose(standing([ALL, MEN], { held: counts({ men: 2 }) }), { sex: 'male' }, 'men')).toMatchObject({
      rule: 'quota_completes',
      quotaId: 'men',
    })
  })

  test('is not needed where a plan has none; the plan itself may be full', () => {
    expect(choose(standing([]), {})).toEqual({ quotaId: null, quotaIds: [] })
    expect(choose(standing([], { completes: counts({}, 10) }), {})).toMatchObject({ rule: 'available_completes' })
    expect(choose(standing([ALL], { held: counts({}, 10) }), {})).toMatchObject({ rule: 'available_completes' })
    expect(choose(standing([MEN]), {})).toMatchObject({ rule: 'quota_qualifications' })
  })
})

describe('every quota that fits', () => {
  const plan = (more = {}) => standing([MEN, YOUNG], { rule: 'every', ...more })

  test('is taken, or none', () => {
    expect(choose(plan(), { sex: 'male', age: '18' })).toEqual({ quotaId: 'men', quotaIds: ['men', 'young'] })
    expect(choose(plan(), { age: '18' })).toMatchObject({ quotaIds: ['young'] })
    expect(choose(plan({ statuses: { young: 'CLOSED' } }), { sex: 'male', age: '18' })).toMatchObject({
      rule: 'full_quota',
      given: 'in young',
    })
    expect(choose(plan({ held: counts({ men: 2 }) }), { sex: 'male', age: '18' }, 'young')).toMatchObject({
      rule: 'full_quota',
      given: 'in men',
    })
    expect(choose(plan(), {})).toMatchObject({ rule: 'quota_qualifications' })
  })

  test('is refused where they only may belong in a full one: its slot would be taken too', () => {
    const hidden: PlanQuota = { ...MEN, additionalQualificationCount: 1 }
    const full = standing([hidden, YOUNG], { rule: 'every', held: counts({ men: 2 }) })
    expect(choose(full, { sex: 'male', age: '18' })).toMatchObject({ rule: 'full_quota', given: 'in men' })
  })

  test('is none for an offer that names no quota, whatever the profile fits', () => {
    expect(slotsOf(plan(), profileOf({ sex: 'male' }), null)).toEqual({ quotaId: null, quotaIds: [] })
  })

  test('stays so for an offer: its own quota counts for every profile', () => {
    const booked = (answers: Record<string, string>) => slotsOf(plan(), profileOf(answers), 'men')
    expect(booked({})).toMatchObject({ quotaId: 'men', quotaIds: ['men'] })
    expect(booked({ age: '18' })).toMatchObject({ quotaId: 'men', quotaIds: ['men', 'young'] })
    const first = standing([MEN, YOUNG])
    expect(slotsOf(first, profileOf({ age: '18' }), 'men')).toMatchObject({ quotaIds: ['men'] })
  })
})

test('slots are open with room; without slots no quota that fits has room', () => {
  const status = fc.constantFrom(...PLAN_STATUSES)
  const quota = fc.record({
    sex: fc.constantFrom('male', 'female', null),
    target: fc.option(fc.nat(3), { nil: undefined }),
    held: fc.nat(3),
    status,
  })
  fc.assert(
    fc.property(fc.array(quota, { maxLength: 5 }), fc.constantFrom('male', 'female'), (drawn, sex) => {
      const quotas = drawn.map(({ sex: wanted, target }, index): PlanQuota => {
        const qualifications = wanted === null ? [] : [{ questionId: 'sex', answers: [wanted] }]
        return { id: `q${index}`, qualifications, ...(target === undefined ? {} : { targetCompletes: target }) }
      })
      const plan = standing(quotas, {
        held: counts(Object.fromEntries(drawn.map(({ held }, index) => [`q${index}`, held]))),
        statuses: Object.fromEntries(drawn.map((one, index) => [`q${index}`, one.status])),
      })
      const takes = (id: string): boolean =>
        plan.quotaStatuses.get(id) === 'OPEN' && noRoomFor(plan, 'lifepoints', [id], 'entry') === null
      const open = drawn.flatMap((one, index) =>
        (one.sex === null || one.sex === sex) && takes(`q${index}`) ? [`q${index}`] : [],
      )
      const chosen = choose(plan, { sex })
      if (quotas.length === 0) expect(chosen).toMatchObject({ quotaIds: [] })
      else if ('quotaIds' in chosen) expect(chosen.quotaIds).toEqual(open.slice(0, 1))
      else expect(open).toEqual([])
    }),
    { numRuns: 500 },
  )
})
