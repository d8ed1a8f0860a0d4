const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
type Unit = keyof typeof UNITS

/** No setting needs longer; a longer one is more likely a typing error. */
const LONGEST_MS = 3_650 * UNITS.d

/**
 * Reads `500ms`, `12s`, `30m`, `24h` or `30d`.
 * @returns milliseconds, or null when the text is not such a duration or is longer than ten years
 */
export function parseDuration(text: string): number | null {
  const match = /^(\d{1,12})(ms|s|m|h|d)$/.exec(text)
  if (!match) return null
  const milliseconds = Number(match[1]) * UNITS[match[2] as Unit]
  return milliseconds <= LONGEST_MS ? milliseconds : null
}

/** Writes milliseconds in the largest unit that keeps them whole: 90000 -> "90s", 60000 -> "1m", 0 -> "0s". */
export function formatDuration(milliseconds: number): string {
  if (milliseconds === 0) return '0s'
  const units: Unit[] = ['d', 'h', 'm', 's', 'ms']
  const unit = units.find((candidate) => milliseconds % UNITS[candidate] === 0) ?? 'ms'
  return `${milliseconds / UNITS[unit]}${unit}`
}
