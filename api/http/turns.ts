/**
 * Schedules long work on the event loop. Long work runs in slices and waits for a turn before each: every iteration of
 * the event loop runs one slice, and keys with work take turns (round robin), so that a key waits for at most one slice
 * of each other key.
 */
export class Turns {
  /** The waiting slices by key, in the order of the keys' turns. */
  readonly #waiting = new Map<string, (() => void)[]>()
  #underWay = false

  /** Resolves when this key may do its next slice. */
  next(key: string): Promise<void> {
    return new Promise((resolve) => {
      const queue = this.#waiting.get(key)
      if (queue === undefined) this.#waiting.set(key, [resolve])
      else queue.push(resolve)
      if (this.#underWay) return
      this.#underWay = true
      setImmediate(this.#round)
    })
  }

  readonly #round = (): void => {
    const [first] = this.#waiting
    if (first === undefined) {
      this.#underWay = false
      return
    }
    const [key, queue] = first
    const resolve = queue.shift()
    // move the key to the end of the order, or remove it when it has no more work
    this.#waiting.delete(key)
    if (queue.length > 0) this.#waiting.set(key, queue)
    resolve?.()
    // setImmediate, so that pending network events are handled before the next slice
    setImmediate(this.#round)
  }
}
