import { setTimeout as sleep } from 'node:timers/promises'
import { isAlive, signal } from './processes.mjs'
import { duration, Failure, say } from './report.mjs'

const firstDelay = 200
const longestDelay = 10_000
const healthyAfter = 60_000

/**
 * Keeps one process running: restarts it after 0.2 s when it dies, doubling to 10 s, and from 0.2 s again once it has
 * run for a minute.
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
   * @param {(previous: import('./child.mjs').Running | undefined) => Promise<import('./child.mjs').Running>} start starts it; a restart passes the previous process, e.g. to use its port
   * @param {{ onChange?: () => void, log?: string }} [options] `onChange` is called for each new process; `log`: named when it does not start
   */
  constructor(name, start, { onChange = () => {}, log = 'its log' } = {}) {
    this.name = name
    this.start = start
    this.onChange = onChange
    this.log = log
  }

  /**
   * The first start. It does not retry, because the cause of a failure is usually the configuration.
   *
   * @param {number} patience milliseconds to wait until it reports that it is ready
   * @throws {Failure} when it ends instead, with its last lines
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
      `${this.name} did not start (${outcome.how}): correct the errors above and start again; its whole output is in ${this.log}`,
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
      say(`  !!  ${this.name} ended (${how}); restarting it in ${duration(this.#delay)}`)
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

  /** Stops it with a signal, without a restart. */
  async end() {
    this.#stopping.abort()
    // a start in progress has a process whose id we do not have yet
    await Promise.race([this.#starting, sleep(5000)])
    await this.running?.stop()
  }

  /** Kills it, without a restart. */
  kill() {
    this.#stopping.abort()
    if (this.running !== undefined && isAlive(this.running.pid)) signal(this.running.pid, 'SIGKILL')
  }
}

/** Resolves when a process ends that is not our child (or that we did not wait for). */
export async function gone(pid) {
  while (isAlive(pid)) await sleep(200, undefined, { ref: false })
  return 'crashed or killed'
}

/** The lines of a log for people: of structured entries only the messages of errors. */
export function readable(lines) {
  return lines.flatMap((line) => {
    const entry = parseEntry(line)
    if (entry === undefined) return [line]
    return entry.level >= 50 ? [describeEntry(entry)] : []
  })
}

/** Parses a line of structured log; undefined for other lines. */
export function parseEntry(line) {
  if (!line.startsWith('{')) return undefined
  try {
    const entry = JSON.parse(line)
    return typeof entry?.level === 'number' ? entry : undefined
  } catch {
    return undefined
  }
}

/** The message of a log entry, in one line. */
export function describeEntry(entry) {
  const detail = entry.err?.message ?? entry.error?.message ?? (typeof entry.error === 'string' ? entry.error : '')
  return (
    [entry.msg, detail]
      .filter((part) => part)
      .join(': ')
      .replace(/\s*\n\s*/g, ' | ') || JSON.stringify(entry)
  )
}
