import type { Clause, Layer, Quota, SubQuota } from '../survey.js'
import { combinationId } from './quota-id.js'

/** Contract §5, The feed: layered quotas flatten to at most so many combinations. */
const MOST_COMBINATIONS = 50

/** A quota as the gateway has them: every clause must hold. */
export interface FlatQuota {
  /** The quota's own id, or that of one of its combinations (`baseQuotaId` leads back). */
  readonly id: string
  readonly clauses: readonly Clause[]
  /** Qualifications that are not among the clauses: which of them count depends on the combination. */
  readonly unsaid: number
  /** Completes still to be had; null = capped by the survey alone. */
  readonly available: number | null
  /** True = every sub-quota of some layer is full: it takes nobody, whoever they are. */
  readonly full: boolean
}

/**
 * Flattens a quota's layers: AND over layers, OR over sub-quotas, AND over clauses (Toluna External Sample) become as
 * many quotas as there are combinations of sub-quotas that are not full. Each is numbered by its place among all
 * combinations, so that a sub-quota which fills up renames none of the others. Beyond 50 combinations one quota is
 * left, with the clauses that hold in all of them.
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

/** What holds in every combination; of each layer the rest counts as its longest sub-quota has it. */
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

/** Every way to pick one open sub-quota of each layer, the last layer turning fastest, numbered from 1. */
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

/** The same condition, whatever the order in which its answers stand. */
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
