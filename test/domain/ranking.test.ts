import { describe, expect, it } from 'vitest'
import { money } from '../../domain/money.js'
import {
  allocationUrgency,
  compareRanked,
  conversionEstimate,
  expectedPerMinute,
  explainRank,
  payForComparison,
  rankScore,
} from '../../domain/ranking.js'
import { survey } from './targeting/surveys.js'

describe('conversion', () => {
  it('is the provider’s figure until we have our own, or its IR', () => {
    expect(conversionEstimate(survey({ conversionPercent: 25 }), null)).toBe(25)
    expect(conversionEstimate(survey({ conversionPercent: null, irPercent: 60 }), null)).toBe(60)
  })

  it('moves with our own outcomes, slowly at first', () => {
    const given = survey({ conversionPercent: 50 })
    expect(conversionEstimate(given, { sessions: 0, completes: 0 })).toBe(50)
    expect(conversionEstimate(given, { sessions: 1, completes: 0 })).toBeCloseTo(47.6, 1)
    expect(conversionEstimate(given, { sessions: 20, completes: 0 })).toBe(25)
    expect(conversionEstimate(given, { sessions: 2000, completes: 200 })).toBeCloseTo(10.4, 1)
  })
})

describe('rank', () => {
  it('follows pay, conversion and length', () => {
    const base = expectedPerMinute(money(150, 'USD'), 25, 5)
    expect(base).toBeCloseTo(0.075, 10)
    expect(expectedPerMinute(money(300, 'USD'), 25, 5)).toBeGreaterThan(base)
    expect(expectedPerMinute(money(150, 'USD'), 50, 5)).toBeGreaterThan(base)
    expect(expectedPerMinute(money(150, 'USD'), 25, 10)).toBeLessThan(base)
    expect(Number.isFinite(expectedPerMinute(money(150, 'USD'), 25, 0))).toBe(true)
  })

  it('compares currencies at approximate rates, with the digits of the minor unit', () => {
    expect(payForComparison(money(100, 'GBP'))).toBeGreaterThan(payForComparison(money(100, 'USD')))
    // 100 yen are less than a dollar although both are 100 minor units
    expect(payForComparison(money(100, 'JPY'))).toBeLessThan(payForComparison(money(100, 'USD')))
    expect(payForComparison(money(1000, 'KWD'))).toBeGreaterThan(payForComparison(money(100, 'GBP')))
  })

  it('puts every maybe after every certain match', () => {
    expect(rankScore('yes', 0)).toBeGreaterThan(rankScore('maybe', 1000))
    expect(rankScore('maybe', 2)).toBeGreaterThan(rankScore('maybe', 1))
    expect(rankScore('yes', 0.0002)).toBeGreaterThan(rankScore('yes', 0.0001))
  })

  it('breaks ties by survey id, by code unit', () => {
    const tied = ['b', 'a', 'B', 'a1'].map((surveyId) => ({ score: 1, surveyId }))
    const ranked = [...tied, { score: 2, surveyId: 'z' }].sort(compareRanked)
    expect(ranked.map((entry) => entry.surveyId)).toEqual(['z', 'B', 'a', 'a1', 'b'])
  })

  it('shows its calculation', () => {
    expect(explainRank(money(150, 'USD'), 25, 5)).toBe('CPI 1.50 USD x 25 % / 5 min = 0.075 USD a minute')
    expect(explainRank(money(90, 'JPY'), 33.333333, 7)).toBe('CPI 90 JPY x 33.3 % / 7 min = 4.29 JPY a minute')
  })
})

describe('a guarantee', () => {
  it('raises the rank in proportion to what is left of it', () => {
    const urgency = (guaranteed: number, remaining: number) =>
      allocationUrgency(survey({ allocation: { guaranteed, remaining } }))
    expect(allocationUrgency(survey({}))).toBe(1)
    expect(urgency(10, 10)).toBe(1.5)
    expect(urgency(10, 7)).toBeCloseTo(1.35)
    expect(urgency(10, 0)).toBe(1)
    // contradictory counts of a provider raise the score by at most half
    expect(urgency(10, 40)).toBe(1.5)
    expect(urgency(10, -4)).toBe(1)
    expect(urgency(0, 3)).toBe(1)
  })
})
