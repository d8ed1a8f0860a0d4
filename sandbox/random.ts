/** A repeatable random source: the same seed gives the same choices on every machine. Not for secrets. */
export interface Random {
  /** A number in [0, 1). */
  next(): number
  /** An integer in [min, max], both included. */
  int(min: number, max: number): number
  /** True with the given probability, 0 to 1. */
  chance(probability: number): boolean
  /** One of the choices; throws when there is none. */
  pick<T>(choices: readonly T[]): T
  /** One of the choices, with a probability of its weight over the sum of all weights; throws when there is none. */
  weighted<T>(choices: readonly Weighted<T>[]): T
}

export interface Weighted<T> {
  weight: number
  value: T
}

/** Starts a sequence for `seed` (any text); sequences of different seeds are unrelated. */
export function createRandom(seed: string): Random {
  let state = textHash(seed)

  // mulberry32: 32 bits of state are enough for test data, and it is fast enough for 20,000 plans
  function next(): number {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
  const int = (min: number, max: number) => min + Math.floor(next() * (max - min + 1))

  return {
    next,
    int,
    chance: (probability) => next() < probability,
    pick: (choices) => existing(choices[int(0, choices.length - 1)]),
    weighted(choices) {
      const total = choices.reduce((sum, choice) => sum + choice.weight, 0)
      let left = next() * total
      for (const choice of choices) {
        left -= choice.weight
        if (left < 0) return choice.value
      }
      return existing(choices[0]).value
    },
  }
}

function existing<T>(choice: T | undefined): T {
  if (choice === undefined) throw new Error('the list of choices is empty')
  return choice
}

/** A 32-bit hash of a text (FNV-1a with a final mix), for seeds and for a stable share of things by their id. */
export function textHash(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) {
    hash ^= text.charCodeAt(at)
    hash = Math.imul(hash, 0x01000193)
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** Whether `id` belongs to the share (0 to 1) that `purpose` picks: always the same ids for the same purpose. */
export function inShare(purpose: string, id: string, share: number): boolean {
  return textHash(`${purpose}/${id}`) / 4294967296 < share
}
