import { expect, test } from 'vitest'
import { DEFAULT_POLICY, isNonIntegrated, PLAN_STATUSES, priceOfPlan } from '../../../domain/plan/survey-plan.js'

test('without a policy nothing is beyond the target, unsigned, allocated or held back', () => {
  expect(DEFAULT_POLICY).toEqual({
    overage: 0,
    acceptUnsigned: false,
    flexibilityPercent: 100,
    allocations: {},
    softLaunch: null,
  })
  expect(PLAN_STATUSES).toEqual(['OPEN', 'CLOSED', 'PAUSED'])
})

test('a platform that only redirects browsers is known in any case of letters', () => {
  expect(isNonIntegrated({ surveyPlatform: 'Non_Integrated_Survey_Platform' })).toBe(true)
  expect(isNonIntegrated({ surveyPlatform: 'Decipher' })).toBe(false)
})

test('a price in something that is no currency is refused', () => {
  expect(() => priceOfPlan({ cpi: 1, unit: 'fractional', currency: 'usd' })).toThrow(RangeError)
  expect(() => priceOfPlan({ cpi: 1, unit: 'main', currency: 'XXX' })).toThrow(RangeError)
})
