/**
 * What the commands say while they work. Everything here goes to stderr: stdout is kept for the one
 * machine-readable line of `npm start` and for the reports of the tests.
 */

/** A failure that a person can act on. Its message is one line: what is wrong and the way out. */
export class Failure extends Error {
  /**
   * @param {string} message one line; line breaks are folded so that it stays one
   * @param {string[]} [said] what the program that failed said itself, shown before the message
   */
  constructor(message, said = []) {
    super(message.replace(/\s*\n\s*/g, ' | '))
    this.name = 'Failure'
    this.said = said
  }
}

/** Prints one line of progress on stderr. */
export function say(line) {
  process.stderr.write(`${line}\n`)
}

/** Milliseconds as a person reads them: `340 ms`, `4.2 s`, `2 min 5 s`. */
export function duration(milliseconds) {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`
  if (milliseconds < 60_000) return `${(milliseconds / 1000).toFixed(1)} s`
  return `${Math.floor(milliseconds / 60_000)} min ${Math.round((milliseconds % 60_000) / 1000)} s`
}

/**
 * Runs one step and prints it with the time it took. A step that takes longer than ten seconds says
 * that it is still at work, so that a slow network does not look like a hang.
 *
 * @template T
 * @param {string} name what is being done, e.g. `PostgreSQL`
 * @param {(note: (text: string) => void) => Promise<T>} work gets a function that adds a detail to the final line
 * @returns {Promise<T>}
 */
export async function step(name, work) {
  const started = Date.now()
  let detail = ''
  const pulse = setInterval(() => say(`  ... ${name}: still working after ${duration(Date.now() - started)}`), 10_000)
  pulse.unref()
  try {
    const result = await work((text) => {
      detail = text
    })
    say(`  ok  ${name}${detail === '' ? '' : ` (${detail})`} in ${duration(Date.now() - started)}`)
    return result
  } finally {
    clearInterval(pulse)
  }
}

/** Shows an error: a `Failure` as lines for a person; anything else is a defect of ours and keeps its stack. */
export function report(error) {
  if (error instanceof Failure) {
    for (const line of error.said) say(line)
    say(`error: ${error.message}`)
  } else say(`error: ${error instanceof Error ? error.stack : error}`)
}

/**
 * Runs the body of a command; an error is reported and makes the exit code 1.
 *
 * @param {() => Promise<void>} body
 */
export async function runCommand(body) {
  try {
    await body()
  } catch (error) {
    report(error)
    process.exitCode = 1
  }
}
