/**
 * The version of a survey as published by its provider. Does not use the provider's clock: `order` is its sequence
 * number (Kantar's ack_id, Kantar Gateway API, Supply API), which may exceed 2^53; `version` distinguishes two editions
 * with the same number.
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

/** Compares number by number, because "9:1700000000000" is older than "10:1600000000000"; then by code unit. */
function compareVersions(one: string, other: string): number {
  const [left, right] = [numbersIn(one), numbersIn(other)]
  for (let place = 0; place < Math.max(left.length, right.length); place++) {
    const [a = -1n, b = -1n] = [left[place], right[place]]
    if (a !== b) return a < b ? -1 : 1
  }
  return one < other ? -1 : 1
}

const numbersIn = (version: string): bigint[] => (version.match(/\d+/g) ?? []).map(BigInt)
