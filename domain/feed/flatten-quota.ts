import type { Clause, Layer, Quota, SubQuota } from '../survey.js'
import { combinationId } from './quota-id.js'

/** Contract §5, The feed: a layered quota flattens to at most this many combinations. */
const MOST_COMBINATIONS = 50

/** A quota in the gateway's form: every clause must hold. */
export interface FlatQuota {
  /** The quota's own id, or that of one of its combinations (see `baseQuotaId`). */
  readonly id: string
  readonly clauses: readonly Clause[]
  /** The number of qualifications that are not among the clauses, because they depend on the combination. */
  readonly unsaid: number
  /** Remaining completes; null = capped by the survey alone. */
  readonly available: number | null
  /** True = every sub-quota of some layer is full, so the quota admits no panelist. */
  readonly full: boolean
}

/**
 * Flattens a quota's layers: AND over layers, OR over sub-quotas, AND over clauses (Toluna External Sample) become one
 * quota per combination of sub-quotas that are not full. Each has the number of its place among all combinations, so
 * that a sub-quota that fills up does not change the ids of the others. Beyond 50 combinations the result is one quota,
 * with the clauses that hold in all of them.
 */
export function flattenQuota(quota: Quota): readonly FlatQuota[] {
  const layers = quota.layers.map((layer) => layer.subQuotas)
  const open = quota.layers.map(openOf)
  if (open.some((subQuotas) => subQuotas.length === 0)) return [{ ...inCommon(quota, quota.layers), full: true }]
  if (layers.every((subQuotas) => subQuotas.length === 1)) {
    return [{ ...partOf(quota, quota.quotaId, open.flat()), full: false }]
  }
  if (
    product(open.map(({ length }) => length)) > MOST_COMBINATIONS ||
    product(layers.map(({ length }) => length)) > 2 ** 52
  ) {
    return [
      {
        ...inCommon(
          quota,
          open.map((subQuotas) => ({ subQuotas })),
        ),
        full: false,
      },
    ]
  }
  return combinations(layers).map(({ number, picked }) => ({
    ...partOf(quota, combinationId(quota.quotaId, number), picked),
    full: false,
  }))
}

function partOf(quota: Quota, id: string, picked: readonly SubQuota[]): Omit<FlatQuota, 'full'> {
  return {
    id,
    clauses: distinct(picked.flatMap(({ clauses }) => clauses)),
    unsaid: 0,
    available: least([quota.available, ...picked.map(({ available }) => available)]),
  }
}

/** The clauses of every combination; `unsaid` counts the other clauses of each layer's longest sub-quota. */
function inCommon(quota: Quota, layers: readonly Layer[]): Omit<FlatQuota, 'full'> {
  const clauses: Clause[] = []
  let unsaid = 0
  for (const { subQuotas } of layers) {
    const [first, ...others] = subQuotas
    const inAll = distinct(first?.clauses ?? []).filter((clause) =>
      others.every((other) => other.clauses.some((one) => keyOf(one) === keyOf(clause))),
    )
    clauses.push(...inAll)
    unsaid += Math.max(0, ...subQuotas.map((subQuota) => distinct(subQuota.clauses).length - inAll.length))
  }
  return { id: quota.quotaId, clauses: distinct(clauses), unsaid, available: quota.available }
}

/** Every choice of one open sub-quota per layer, numbered from 1; the last layer varies fastest. */
function combinations(layers: readonly (readonly SubQuota[])[]): { number: number; picked: readonly SubQuota[] }[] {
  let found: { number: number; picked: readonly SubQuota[] }[] = [{ number: 1, picked: [] }]
  for (const subQuotas of layers) {
    found = found.flatMap(({ number, picked }) =>
      subQuotas.flatMap((subQuota, index) =>
        isFull(subQuota)
          ? []
          : [{ number: (number - 1) * subQuotas.length + index + 1, picked: [...picked, subQuota] }],
      ),
    )
  }
  return found
}

const openOf = ({ subQuotas }: Layer): readonly SubQuota[] => subQuotas.filter((subQuota) => !isFull(subQuota))
const isFull = ({ available }: SubQuota): boolean => available !== null && available <= 0
const product = (counts: readonly number[]): number => counts.reduce((total, count) => total * count, 1)

function least(counts: readonly (number | null)[]): number | null {
  const known = counts.filter((count) => count !== null)
  return known.length === 0 ? null : Math.min(...known)
}

function distinct(clauses: readonly Clause[]): readonly Clause[] {
  const seen = new Map(clauses.map((clause) => [keyOf(clause), clause]))
  return [...seen.values()]
}

/** A key of the condition, independent of the order of its answers. */
function keyOf({ attribute, answers, ranges, prefixes, routable, truncated }: Clause): string {
  return JSON.stringify([
    attribute,
    answers === undefined ? null : [...answers].sort(),
    ranges === undefined ? null : ranges.map(({ from, to }) => `${from} ${to}`).sort(),
    prefixes === undefined ? null : [...prefixes].sort(),
    routable === true,
    truncated === true,
  ])
}
