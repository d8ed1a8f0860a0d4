/**
 * Reads a whole number from the command line and checks its bounds, because every benchmark is bounded in count and
 * time.
 * @throws Error that names the option
 */
export function bounded(text: string, least: number, most: number, name: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < least || value > most) throw new Error(`${name} must be ${least} to ${most}`)
  return value
}
