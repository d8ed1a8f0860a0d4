import { writeFileSync } from 'node:fs'

export interface Percentiles {
  readonly p50: number
  readonly p99: number
}

/** The median and the 99th percentile, to a hundredth. */
export function percentiles(values: readonly number[]): Percentiles {
  const sorted = [...values].sort((one, other) => one - other)
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
  return { p50: round(at(0.5)), p99: round(at(0.99)) }
}

export const round = (value: number): number => Math.round(value * 100) / 100

/** Prints figures as a table and, when a file is given, writes them as JSON. */
export function report(figures: Readonly<Record<string, unknown>>, file: string | undefined): void {
  const width = Math.max(...Object.keys(figures).map((name) => name.length))
  for (const [name, value] of Object.entries(figures)) {
    process.stdout.write(
      `${name.padEnd(width)}  ${typeof value === 'object' ? JSON.stringify(value) : String(value)}\n`,
    )
  }
  if (file !== undefined) writeFileSync(file, `${JSON.stringify(figures, null, 2)}\n`)
}

/** Runs `count` pieces of work, `concurrency` at a time. */
export async function inParallel(
  count: number,
  concurrency: number,
  work: (index: number) => Promise<void>,
): Promise<void> {
  let next = 0
  const lane = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) await work(index)
  }
  await Promise.all(Array.from({ length: Math.min(concurrency, count) }, lane))
}
