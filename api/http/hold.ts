/** Short enough for somebody who made a mistake; a loop is slowed down to ten requests a second. */
const HOLD_MS = 100
/** More are not held at one time: each keeps a connection. */
const MOST_HELD = 1_000

let held = 0

/**
 * Lets somebody wait who is refused again and again, before they are answered: what sends the next request as soon as it
 * has the answer to the last one does not keep the process busy with refusals.
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
