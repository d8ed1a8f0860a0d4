/**
 * Turns on the thread that answers everybody. Work that takes long is done in slices, and asks for a turn before each:
 * one slice is done for each round of the event loop, and the keys that have work take turns, so that nobody waits for
 * more than one slice of somebody else's, however many of them there are.
 */
export class Turns {
  /** By key, in the order of their turns; what waits for one. */
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
    // to the end of the round, or out of it
    this.#waiting.delete(key)
    if (queue.length > 0) this.#waiting.set(key, queue)
    resolve?.()
    // what was asked of the network meanwhile comes before the next slice
    setImmediate(this.#round)
  }
}
