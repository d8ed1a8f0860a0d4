import { divideHalfEven, type Money, minorDigits } from './money.js'

/** What a panel gives its panelists for a complete: points, or money in one currency. */
export interface RewardPolicy {
  /** "points", or an ISO 4217 code. */
  readonly currency: string
  /** Points for one major unit of the price's currency. */
  readonly perMajorUnit: number
  /** The panelist's share of the price, in percent (0-100). */
  readonly sharePercent: number
  /** The reward for a screen-out: points, or minor units when the reward is money. */
  readonly screenout: number
}

/** An integer count of points, or of minor units when the currency is an ISO 4217 code. */
export interface Reward {
  readonly amount: number
  readonly currency: string
}

/** Shares and rates may have up to four decimals; they become integers before any arithmetic. */
const SCALE = 10_000n
const scaled = (value: number): bigint => BigInt(Math.round(value * Number(SCALE)))

/**
 * The panelist's share of a price as posted to the ledger: minor units of the price's currency, rounded half-even.
 * Points are posted at their value. For a reward in another currency than the price the share is 0, because there is no
 * exchange rate; the panelist's reward is then 0 too.
 */
export function sharedAmount(price: Money, policy: RewardPolicy): bigint {
  if (policy.currency !== 'points' && policy.currency !== price.currency) return 0n
  return divideHalfEven(price.amountMinor * scaled(policy.sharePercent), SCALE * 100n)
}

/**
 * The reward for a complete at `price`: points = half-even(minor units x share / 100 x per_major_unit / 10^exponent),
 * minor units when the reward is money (docs/money.md, The reward).
 */
export function rewardFor(price: Money, policy: RewardPolicy): Reward {
  if (policy.currency !== 'points') {
    return { amount: Number(sharedAmount(price, policy)), currency: policy.currency }
  }
  const numerator = price.amountMinor * scaled(policy.sharePercent) * scaled(policy.perMajorUnit)
  const denominator = SCALE * SCALE * 100n * 10n ** BigInt(minorDigits(price.currency))
  return { amount: Number(divideHalfEven(numerator, denominator)), currency: 'points' }
}
