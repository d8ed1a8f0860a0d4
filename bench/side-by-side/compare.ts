import { round } from '../support/figures.js'

/** One figure of a benchmark in two checkouts. */
export interface Comparison {
  /** Such as `match_us.p50`. */
  readonly figure: string
  /** Medians over the rounds. */
  readonly before: number
  readonly after: number
  /** after / before; null when before is 0. */
  readonly ratio: number | null
  /** The range of the runs of one side, in percent of their median: a ratio within it is noise. */
  readonly spread: number
}

/** The numbers of a benchmark's JSON by the path to them (`match_us.p50`); other values are dropped. */
export function flatten(figures: unknown, prefix = ''): Map<string, number> {
  if (typeof figures === 'number') return new Map([[prefix, figures]])
  if (typeof figures !== 'object' || figures === null) return new Map()
  return new Map(
    Object.entries(figures).flatMap(([name, value]) => [...flatten(value, prefix === '' ? name : `${prefix}.${name}`)]),
  )
}

/** Compares the runs of two checkouts, figure by figure; drops a figure that one side never gave. */
export function compare(
  before: readonly ReadonlyMap<string, number>[],
  after: readonly ReadonlyMap<string, number>[],
): Comparison[] {
  const valuesOf = (runs: readonly ReadonlyMap<string, number>[], figure: string): number[] =>
    runs.flatMap((run) => run.get(figure) ?? [])
  const names = new Set(before.flatMap((run) => [...run.keys()]))
  return [...names].flatMap((figure) => {
    const [old, recent] = [valuesOf(before, figure), valuesOf(after, figure)]
    if (old.length === 0 || recent.length === 0) return []
    const [first, second] = [median(old), median(recent)]
    return {
      figure,
      before: round(first),
      after: round(second),
      ratio: first === 0 ? null : round(second / first),
      spread: Math.max(spreadOf(old), spreadOf(recent)),
    }
  })
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2
}

function spreadOf(values: readonly number[]): number {
  const middle = median(values)
  return middle === 0 ? 0 : Math.round(((Math.max(...values) - Math.min(...values)) / Math.abs(middle)) * 100)
}
