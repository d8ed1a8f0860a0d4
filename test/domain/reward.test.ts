import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { money } from '../../domain/money.js'
import { type RewardPolicy, rewardFor, sharedAmount } from '../../domain/reward.js'

const points: RewardPolicy = { currency: 'points', perMajorUnit: 100, sharePercent: 50, screenout: 0 }

describe('points', () => {
  test.each<[bigint, string, Partial<RewardPolicy>, number]>([
    [150n, 'USD', {}, 75],
    [150n, 'JPY', {}, 7_500],
    [1_500n, 'KWD', {}, 75],
    [1n, 'USD', {}, 0], // 0.5: to the even neighbour
    [3n, 'USD', {}, 2], // 1.5: to the even neighbour
    [5n, 'USD', {}, 2], // 2.5: to the even neighbour
    [101n, 'USD', { sharePercent: 33.3333 }, 34],
    [250n, 'USD', { perMajorUnit: 0.5 }, 1],
    [9_007_199_254_740_993n, 'USD', { sharePercent: 100, perMajorUnit: 1 }, 90_071_992_547_410],
    [150n, 'USD', { sharePercent: 0 }, 0],
  ])('%s %s with %o', (minor, currency, policy, amount) => {
    expect(rewardFor(money(minor, currency), { ...points, ...policy })).toEqual({ amount, currency: 'points' })
  })

  test('rounds once: the share is not rounded before it is converted to points', () => {
    // 0.03 USD x 50 % = 0.015 USD = 1.5 points -> 2; a share rounded first would be 2 cents = 2, and 5 cents 2 against 3
    expect(rewardFor(money(5, 'USD'), { ...points, perMajorUnit: 1_000 }).amount).toBe(25)
  })
})

describe('the share as the ledger books it', () => {
  test('is money of the price whatever points it is paid in', () => {
    expect(sharedAmount(money(766, 'USD'), points)).toBe(383n)
    expect(sharedAmount(money(766, 'EUR'), { ...points, perMajorUnit: 1 })).toBe(383n)
    expect(sharedAmount(money(766, 'USD'), { ...points, currency: 'USD' })).toBe(383n)
    expect(sharedAmount(money(766, 'EUR'), { ...points, currency: 'USD' })).toBe(0n)
  })
})

describe('money', () => {
  test('is minor units of the price’s own currency', () => {
    expect(rewardFor(money(151, 'USD'), { ...points, currency: 'USD' })).toEqual({ amount: 76, currency: 'USD' })
    expect(rewardFor(money(1_001, 'KWD'), { ...points, currency: 'KWD' })).toEqual({ amount: 500, currency: 'KWD' })
  })

  test('is 0 where an exchange rate would be needed', () => {
    expect(rewardFor(money(150, 'EUR'), { ...points, currency: 'USD' })).toEqual({ amount: 0, currency: 'USD' })
  })

  test('a share never exceeds its price and grows with it', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 10n ** 12n), fc.integer({ min: 0, max: 1_000_000 }), (minor, share) => {
        const policy = { ...points, sharePercent: share / 10_000 }
        const amount = sharedAmount(money(minor, 'USD'), policy)
        expect(amount >= 0n && amount <= minor).toBe(true)
        expect(sharedAmount(money(minor + 1n, 'USD'), policy) >= amount).toBe(true)
      }),
    )
  })
})
