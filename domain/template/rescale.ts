import type { BuyerQualification } from './buyer-survey.js'

interface Cell {
  readonly requiredCount: number
  readonly criteria: readonly BuyerQualification[]
}

/**
 * Rescales the cells of a template to another number of completes: within each dimension they sum to it exactly, in
 * proportion to their old counts (PureSpectrum Buy API: the template's age, 215 and 229 cells each sum to the 20
 * completes of the payload). A dimension is a set of questions: gender cells are one, age cells another, gender-by-age
 * cells a third. The rest goes to the largest remainders, the earlier cell first. Cells that are all 0 stay 0.
 * @param completes of the whole survey
 */
export function rescaleCells<Quota extends Cell>(quotas: readonly Quota[], completes: number): Quota[] {
  const dimensions = new Map<string, Quota[]>()
  for (const quota of quotas) {
    const dimension = dimensionOf(quota)
    dimensions.set(dimension, [...(dimensions.get(dimension) ?? []), quota])
  }
  const scaled = new Map<Quota, number>()
  for (const cells of dimensions.values()) {
    const counts = apportion(
      cells.map(({ requiredCount }) => requiredCount),
      completes,
    )
    cells.forEach((cell, at) => {
      scaled.set(cell, counts[at] ?? 0)
    })
  }
  return quotas.map((quota) => ({ ...quota, requiredCount: scaled.get(quota) ?? quota.requiredCount }))
}

const dimensionOf = ({ criteria }: Cell): string =>
  [...new Set(criteria.map(({ code }) => code))].toSorted((left, right) => left - right).join()

/**
 * Splits a whole number in proportion to weights, by largest remainder, in integers throughout.
 * @returns numbers that sum to `total`; all 0 when every weight is
 */
export function apportion(weights: readonly number[], total: number): number[] {
  const sum = weights.reduce((left, right) => left + BigInt(right), 0n)
  if (sum === 0n) return weights.map(() => 0)
  const shares = weights.map((weight, at) => {
    const product = BigInt(weight) * BigInt(total)
    return { at, count: Number(product / sum), remainder: product % sum }
  })
  const left = total - shares.reduce((taken, { count }) => taken + count, 0)
  const byRemainder = shares.toSorted((one, other) =>
    one.remainder === other.remainder ? one.at - other.at : one.remainder < other.remainder ? 1 : -1,
  )
  const raised = new Set(byRemainder.slice(0, left).map(({ at }) => at))
  return shares.map(({ at, count }) => count + (raised.has(at) ? 1 : 0))
}
