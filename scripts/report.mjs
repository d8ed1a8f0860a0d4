/**
 * The progress output of the commands. All of it goes to stderr, because stdout is for the one machine-readable line of
 * `npm start` and for the reports of the tests.
 */

/** A failure that the user can fix. Its message is one line: what is wrong and what to do. */
export class Failure extends Error {
  /**
   * @param {string} message one line; line breaks are replaced
   * @param {string[]} [said] the output of the failed program, shown before the message
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

/** Formats milliseconds for people: `340 ms`, `4.2 s`, `2 min 5 s`. */
export function duration(milliseconds) {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`
  if (milliseconds < 60_000) return `${(milliseconds / 1000).toFixed(1)} s`
  return `${Math.floor(milliseconds / 60_000)} min ${Math.round((milliseconds % 60_000) / 1000)} s`
}

/**
 * Runs one step and prints it with its duration. After ten seconds a step prints that it is still working, so a slow
 * network does not look like a hang.
 *
 * @template T
 * @param {string} name the name of the step, e.g. `PostgreSQL`
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

/** Prints an error: a `Failure` as lines for people; any other error is our defect and keeps its stack. */
export function report(error) {
  if (error instanceof Failure) {
    for (const line of error.said) say(line)
    say(`error: ${error.message}`)
  } else say(`error: ${error instanceof Error ? error.stack : error}`)
}

/**
 * Runs the body of a command; prints an error and sets the exit code to 1.
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
