import { type ChildProcess, spawn } from 'node:child_process'
import { openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { programArguments } from './programs.js'

const checkout = fileURLToPath(new URL('../..', import.meta.url))

/** One of our processes under a small supervisor that restarts it without the failpoint that killed it. */
export class ManagedProcess {
  #child: ChildProcess | null = null
  #stopping = false
  #ready: Promise<void> = Promise.resolve()
  /** The number of kills by a failpoint (SIGKILL). */
  kills = 0

  constructor(
    private readonly name: string,
    private readonly program: string,
    private readonly env: Readonly<Record<string, string>>,
    private readonly logs: string,
  ) {}

  get log(): string {
    return readFileSync(join(this.logs, `${this.name}.log`), 'utf8')
  }

  /** Zero before its first start. */
  get pid(): number {
    return this.#child?.pid ?? 0
  }

  /** Resolves when it reports that it is ready; also after every restart. */
  get ready(): Promise<void> {
    return this.#ready
  }

  /** @param failpoints as TRIBUTARY_FAILPOINTS, for this start only */
  start(failpoints = ''): Promise<void> {
    const log = openSync(join(this.logs, `${this.name}.log`), 'a')
    const child = spawn(process.execPath, programArguments(this.program), {
      cwd: checkout,
      env: { ...process.env, NODE_ENV: 'test', ...this.env, TRIBUTARY_FAILPOINTS: failpoints },
      stdio: ['ignore', log, log, 'ipc'],
    })
    this.#child = child
    this.#ready = new Promise((resolve, reject) => {
      child.once('message', () => resolve())
      child.once('exit', (code, signal) => {
        if (signal === 'SIGKILL') this.kills += 1
        reject(new Error(`${this.name} ended with ${code ?? signal}:\n${this.log.slice(-1500)}`))
        if (!this.#stopping) void this.start().catch(() => undefined)
      })
    })
    this.#ready.catch(() => undefined)
    return this.#ready
  }

  /** Ends it by SIGTERM, or by SIGKILL. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    this.#stopping = true
    const child = this.#child
    if (child === null || child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill(signal)
    const giveUp = setTimeout(() => child.kill('SIGKILL'), 60_000)
    await ended
    clearTimeout(giveUp)
    this.#stopping = false
  }

  /** Stops it and starts it with failpoints. */
  async restart(failpoints: string): Promise<void> {
    await this.stop()
    await this.start(failpoints)
  }
}
