import { setTimeout as sleep } from 'node:timers/promises'
import { isAlive, signal } from './processes.mjs'
import { duration, Failure, say } from './report.mjs'

const firstDelay = 200
const longestDelay = 10_000
const healthyAfter = 60_000

/**
 * Keeps one process running: one that dies is started again after 0.2 s, twice as long each time up to 10 s, and from
 * 0.2 s again once it has lived for a minute.
 */
export class Supervised {
  /** @type {import('./child.mjs').Running | undefined} */
  running
  #stopping = new AbortController()
  #starting = Promise.resolve()
  #delay = firstDelay
  #startedAt = 0

  /**
   * @param {string} name shown to people
   * @param {(previous: import('./child.mjs').Running | undefined) => Promise<import('./child.mjs').Running>} start starts it, again after a death: then with what ran before, e.g. to use its port
   * @param {{ onChange?: () => void, log?: string }} [options] `onChange` is called when there is a new process; `log`: named when it does not start
   */
  constructor(name, start, { onChange = () => {}, log = 'its log' } = {}) {
    this.name = name
    this.start = start
    this.onChange = onChange
    this.log = log
  }

  /**
   * The first start. Unlike later ones it does not try again: what is wrong is most likely the configuration.
   *
   * @param {number} patience milliseconds to wait until it says it is ready
   * @throws {Failure} when it ends instead, after its last lines were shown
   */
  async begin(patience = 60_000) {
    const first = this.#launch(undefined)
    await first
    const { ready, exited } = this.running
    if (ready !== undefined) await this.#waitUntilReady(ready, exited, patience)
    void this.#watch()
  }

  async #waitUntilReady(ready, exited, patience) {
    const giveUp = new AbortController()
    const outcome = await Promise.race([
      ready.then(() => 'ready'),
      exited.then((how) => ({ how })),
      sleep(patience, 'late', { signal: giveUp.signal }).catch(() => 'late'),
    ])
    giveUp.abort()
    if (this.#stopping.signal.aborted) throw new Failure(`${this.name} was stopped before it was ready`)
    if (outcome === 'ready') return
    if (outcome === 'late') throw new Failure(`${this.name} is not ready after ${duration(patience)}: see ${this.log}`)
    throw new Failure(
      `${this.name} did not start (${outcome.how}): correct what is said above and start again; everything it said is in ${this.log}`,
      readable(this.running.output?.() ?? []),
    )
  }

  #launch(previous) {
    const launching = this.start(previous).then((running) => {
      this.running = running
      this.#startedAt = Date.now()
      this.onChange()
    })
    this.#starting = launching.catch(() => {})
    return launching
  }

  async #watch() {
    while (!this.#stopping.signal.aborted) {
      const how = await this.running.exited
      if (this.#stopping.signal.aborted) return
      if (Date.now() - this.#startedAt > healthyAfter) this.#delay = firstDelay
      say(`  !!  ${this.name} ended (${how}); starting it again in ${duration(this.#delay)}`)
      await this.#restart()
    }
  }

  async #restart() {
    while (!this.#stopping.signal.aborted) {
      await sleep(this.#delay, undefined, { signal: this.#stopping.signal }).catch(() => {})
      if (this.#stopping.signal.aborted) return
      this.#delay = Math.min(this.#delay * 2, longestDelay)
      try {
        await this.#launch(this.running)
        return
      } catch (error) {
        say(`  !!  ${this.name}: ${error.message}; next attempt in ${duration(this.#delay)}`)
      }
    }
  }

  /** Stops it for good, politely. */
  async end() {
    this.#stopping.abort()
    // a start under way has a process that we do not know yet
    await Promise.race([this.#starting, sleep(5000)])
    await this.running?.stop()
  }

  /** Kills it for good. */
  kill() {
    this.#stopping.abort()
    if (this.running !== undefined && isAlive(this.running.pid)) signal(this.running.pid, 'SIGKILL')
  }
}

/** Resolves when a process that is not a child of ours (or was not waited for) is gone. */
export async function gone(pid) {
  while (isAlive(pid)) await sleep(200, undefined, { ref: false })
  return 'crashed or killed'
}

/** The lines of a log for a person: structured ones only when they are errors, and then only what they say. */
export function readable(lines) {
  return lines.flatMap((line) => {
    const entry = parseEntry(line)
    if (entry === undefined) return [line]
    return entry.level >= 50 ? [describeEntry(entry)] : []
  })
}

/** A line of structured log, or undefined. */
export function parseEntry(line) {
  if (!line.startsWith('{')) return undefined
  try {
    const entry = JSON.parse(line)
    return typeof entry?.level === 'number' ? entry : undefined
  } catch {
    return undefined
  }
}

/** What a log entry says, in one line. */
export function describeEntry(entry) {
  const detail = entry.err?.message ?? entry.error?.message ?? (typeof entry.error === 'string' ? entry.error : '')
  return (
    [entry.msg, detail]
      .filter((part) => part)
      .join(': ')
      .replace(/\s*\n\s*/g, ' | ') || JSON.stringify(entry)
  )
}
