import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { mergePolicy, type PolicyChange } from '../../../domain/plan/policy-change.js'
import { DEFAULT_POLICY } from '../../../domain/plan/survey-plan.js'
import { aPlan } from '../../support/plans.js'

const NOTHING = { plan: 0, quotas: new Map<string, number>(), panels: new Map<string, number>() }
const standing = {
  plan: aPlan({
    targetCompletes: 30,
    targetPanels: ['lifepoints', 'OpinionBar'],
    quotas: [{ id: 'q', qualifications: [], targetCompletes: 10 }],
  }),
  policy: { ...DEFAULT_POLICY, overage: 3, allocations: { lifepoints: 10 } },
  completes: NOTHING,
  held: NOTHING,
}
const merge = (change: PolicyChange, more: Partial<typeof standing> = {}) =>
  mergePolicy({ ...standing, ...more }, change)
const faultsOf = (change: PolicyChange, more: Partial<typeof standing> = {}) =>
  merge(change, more).faults.map(({ field, message }) => `${field} ${message}`)

describe('a change of policy', () => {
  test('leaves what it does not name as it is', () => {
    const change = fc.record({
      overage: fc.option(fc.nat(9), { nil: undefined }),
      acceptUnsigned: fc.option(fc.boolean(), { nil: undefined }),
      flexibilityPercent: fc.option(fc.nat(100), { nil: undefined }),
    })
    fc.assert(
      fc.property(change, (given) => {
        const said = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
        expect(merge(given)).toEqual({ policy: { ...standing.policy, ...said }, faults: [] })
      }),
    )
  })

  test('finds a panel however it is spelled, and takes an allocation away with null', () => {
    expect(merge({ allocations: { opinionbar: 20, LIFEPOINTS: null } }).policy.allocations).toEqual({ OpinionBar: 20 })
    expect(faultsOf({ allocations: { toplife: 1 } })).toEqual([
      'allocations.toplife is not a panel that this plan targets: lifepoints, OpinionBar',
    ])
  })

  test('allocates no more than the plan wants', () => {
    expect(faultsOf({ allocations: { OpinionBar: 20 } })).toEqual([])
    expect(faultsOf({ allocations: { OpinionBar: 21 } })).toEqual([
      'allocations add up to 31, which is more than the 30 completes of the plan',
    ])
  })

  test('keeps the overage that completed and held slots of a quota need', () => {
    const taken = {
      completes: { ...NOTHING, quotas: new Map([['q', 8]]) },
      held: { ...NOTHING, quotas: new Map([['q', 4]]) },
    }
    expect(faultsOf({ overage: 2 }, taken)).toEqual([])
    expect(faultsOf({ overage: 1 }, taken)).toEqual([
      'overage must be at least 2, the completes and held slots beyond a target',
    ])
  })

  test('refuses a soft launch that is past already, or larger than the plan', () => {
    const five = { completes: { ...NOTHING, plan: 5 } }
    expect(faultsOf({ softLaunch: { completes: 5, pauseMs: 1 } }, five)).toEqual([
      'soft_launch.completes must be more than the 5 completes that the plan has already',
    ])
    expect(faultsOf({ softLaunch: { completes: 6, pauseMs: 1 } }, five)).toEqual([])
    expect(faultsOf({ softLaunch: { completes: 31, pauseMs: 1 } })).toEqual([
      'soft_launch.completes must be at most 30, the completes of the plan',
    ])
    const agreed = { ...five, policy: { ...standing.policy, softLaunch: { completes: 5, pauseMs: 1 } } }
    expect(faultsOf({ softLaunch: { completes: 5, pauseMs: 9 } }, agreed)).toEqual([])
    expect(merge({ softLaunch: null }, agreed).policy.softLaunch).toBeNull()
  })
})
