export interface Percentiles {
  readonly p50: number
  readonly p99: number
}

/** The median and the 99th percentile (nearest rank); 0 without values. */
export function percentiles(values: readonly number[]): Percentiles {
  const sorted = Float64Array.from(values).sort()
  const at = (share: number): number => round(sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0)
  return { p50: at(0.5), p99: at(0.99) }
}

/** To two decimals. */
export function round(value: number): number {
  return Math.round(value * 100) / 100
}
