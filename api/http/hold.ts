/** Short enough for a person who made a mistake; slows a client that loops down to ten requests a second. */
const HOLD_MS = 100
/** At most this many answers are delayed at one time, because each keeps a connection. */
const MOST_HELD = 1_000

let held = 0

/**
 * Delays the answer to a client that is refused repeatedly, so that a client which sends its next request immediately
 * after each answer does not keep the process busy with refusals.
 */
export function hold(then: () => void): void {
  if (held >= MOST_HELD) {
    then()
    return
  }
  held += 1
  setTimeout(() => {
    held -= 1
    then()
  }, HOLD_MS)
}
