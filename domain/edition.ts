/**
 * Which saying of a provider about one survey this is. Providers' clocks are not asked: `order` is their running number
 * (Kantar's ack_id, Kantar Gateway API, Supply API), beyond 2^53 too; `version` tells two of the same number apart.
 */
export interface Edition {
  /** A decimal integer as text. */
  readonly order: string
  readonly version: string
}

/** Negative when `one` is older than `other`, positive when newer, 0 when they are the same edition. */
export function compareEditions(one: Edition, other: Edition): number {
  const [a, b] = [BigInt(one.order), BigInt(other.order)]
  if (a !== b) return a < b ? -1 : 1
  return one.version === other.version ? 0 : compareVersions(one.version, other.version)
}

/** Number by number, as "9:1700000000000" is older than "10:1600000000000"; the rest by code unit. */
function compareVersions(one: string, other: string): number {
  const [left, right] = [numbersIn(one), numbersIn(other)]
  for (let place = 0; place < Math.max(left.length, right.length); place++) {
    const [a = -1n, b = -1n] = [left[place], right[place]]
    if (a !== b) return a < b ? -1 : 1
  }
  return one < other ? -1 : 1
}

const numbersIn = (version: string): bigint[] => (version.match(/\d+/g) ?? []).map(BigInt)
