/** The labels of an axis from 0: round numbers, few enough not to overlap. */
export function countTicks(highest: number, most = 5): number[] {
  const rough = Math.max(1, highest) / most
  const magnitude = 10 ** Math.floor(Math.log10(rough))
  const step = Math.max(1, ([1, 2, 5, 10].find((one) => one * magnitude >= rough) ?? 10) * magnitude)
  const ticks: number[] = []
  for (let tick = 0; ; tick += step) {
    ticks.push(tick)
    if (tick >= highest) return ticks
  }
}

/** Seconds between labels of a time axis: steps in common units. */
const TIME_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 28_800, 43_200, 86_400]

/** The labels of a time axis (milliseconds since the epoch, UTC). */
export function timeTicks(from: number, to: number, most = 6): number[] {
  const span = Math.max(1, to - from)
  const days = Math.ceil(span / 86_400_000 / most)
  const step = 1_000 * (TIME_STEPS.find((seconds) => span / 1_000 / seconds <= most) ?? days * 86_400)
  const ticks: number[] = []
  for (let tick = Math.ceil(from / step) * step; tick <= to; tick += step) ticks.push(tick)
  return ticks
}

/** A time as a label, as exact as the distance of the labels needs. */
export function timeLabel(at: number, ticks: readonly number[]): string {
  const text = new Date(at).toISOString()
  const step = (ticks[1] ?? 0) - (ticks[0] ?? 0)
  if (step >= 86_400_000) return text.slice(5, 10)
  // more than a day, in hours: the same hour occurs twice
  if ((ticks.at(-1) ?? 0) - (ticks[0] ?? 0) >= 86_400_000) return text.slice(5, 16).replace('T', ' ')
  return step > 0 && step < 60_000 ? text.slice(11, 19) : text.slice(11, 16)
}

/** Coordinates with one decimal: exact enough for a screen. */
export const rounded = (coordinate: number): number => Math.round(coordinate * 10) / 10
