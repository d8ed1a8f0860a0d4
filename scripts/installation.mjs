import fs from 'node:fs'
import path from 'node:path'
import { banner, countSurveys, firstBuyer, firstPanel, publicUrlOf } from './banner.mjs'
import { checkout } from './checkout.mjs'
import { startChild } from './child.mjs'
import { showErrors } from './log-watch.mjs'
import { withDirectLoopback } from './loopback.mjs'
import { forgetProcesses, recordProcesses, stopOrphans } from './orphans.mjs'
import { chooseOwnPorts } from './own-ports.mjs'
import { accepts } from './ports.mjs'
import { startPostgres } from './postgres.mjs'
import { isAlive, signal } from './processes.mjs'
import { compiledProgram, compilePrograms, sourceProgram } from './programs.mjs'
import { untilServing, untilSurveysMatch } from './readiness.mjs'
import { Failure, say, step } from './report.mjs'
import { gone, readable, Supervised } from './supervisor.mjs'
import { emptyProfile, startTemporal } from './temporal.mjs'

/** Milliseconds that each process has to finish its work before it is killed. */
const patience = { api: 10_000, worker: 20_000, sandbox: 5000 }

/** One running copy of Tributary on one data directory: its processes, in the order of their dependencies. */
export class Installation {
  stopping = false
  /** @type {Map<string, Supervised>} in the order of starting */
  #parts = new Map()
  #watches = []
  #migration
  #stopped
  #addresses = {}
  /** @type {(entry: string) => { command: string, args: string[] }} the command that starts one of our programs */
  #program = sourceProgram
  /** @type {string | undefined} the user's own `public_url`, when the sandbox is added */
  publicUrl

  /**
   * @param {import('./settings.mjs').Settings} settings
   * @param {NodeJS.ProcessEnv} environment what the processes inherit
   */
  constructor(settings, environment) {
    this.settings = settings
    this.environment = environment
    this.data = settings.data
  }

  /**
   * Starts everything.
   *
   * @returns {Promise<object | undefined>} the ready line's content; undefined when it was stopped meanwhile
   * @throws {Failure} when something does not start; the caller then stops the rest
   */
  async start() {
    const began = Date.now()
    fs.mkdirSync(path.join(this.data, 'logs'), { recursive: true, mode: 0o700 })
    await stopOrphans(this.data)
    await this.#choosePorts()
    const [database, temporal] = await Promise.all([this.#startPostgres(), this.#startTemporal(), this.#compile()])
    if (this.stopping) return undefined
    this.#addresses = {
      ...this.#addresses,
      database_url: database,
      temporal: temporal.address,
      namespace: this.settings.namespace,
      temporal_ui: temporal.ui,
      configuration: this.settings.configuration,
      added_sandbox: this.settings.addedSandbox ?? null,
    }
    const env = this.#childEnvironment()
    const { addedSandbox, configuration } = this.settings
    if (addedSandbox !== undefined) this.publicUrl = await publicUrlOf(configuration, this.environment)
    await Promise.all([
      step('migrations', () => this.#migrate(env)),
      // the sandbox simulates other companies: it needs no migrations
      ...(this.settings.sandbox
        ? [this.#startProcess('sandbox', 'sandbox/main.ts', this.#sandboxEnvironment(env))]
        : []),
    ])
    if (this.stopping) return undefined
    await Promise.all([
      this.#startProcess('api', 'api/main.ts', env),
      this.#startProcess('worker', 'workers/main.ts', env),
    ])
    if (this.stopping) return undefined
    await untilServing(this.#addresses.api, this.#log('api'), () => this.stopping)
    say(`  ok  ready ${((Date.now() - began) / 1000).toFixed(1)} s after the start`)
    await this.#printBanner()
    return this.#readyLine()
  }

  async #choosePorts() {
    this.ports = await chooseOwnPorts(this.settings)
    const { api, sandbox } = this.ports
    this.#addresses = {
      api: `http://${reachable(this.settings.host)}:${api}`,
      sandbox: sandbox === undefined ? null : `http://127.0.0.1:${sandbox}`,
    }
  }

  /** Compiles the programs. A checkout that is not writable runs from its TypeScript, which starts more slowly. */
  async #compile() {
    try {
      const folder = await compilePrograms()
      this.#program = (entry) => compiledProgram(folder, entry)
    } catch (error) {
      say(`  ..  the programs were not compiled (${error.message.split('\n')[0]}): they start from source, more slowly`)
    }
  }

  async #startPostgres() {
    const given = this.settings.databaseUrl
    if (given !== undefined) {
      const { hostname, port } = new URL(given)
      await this.#mustAnswer('DATABASE_URL', hostname, Number(port || 5432), 'the embedded PostgreSQL')
      return given
    }
    let url
    const part = this.#supervise('postgres', async (previous) => {
      const server = await startPostgres({
        data: this.data,
        ...(previous === undefined ? {} : { port: previous.server.port }),
      })
      url = server.url
      return { pid: server.pid, server, exited: gone(server.pid), stop: server.stop }
    })
    await step('PostgreSQL', async (note) => {
      await part.begin()
      const { adopted, port, cluster } = part.running.server
      const apart = cluster.startsWith(this.data) ? '' : `, as root its data is in ${cluster}`
      note(adopted ? 'adopted: it was still running' : `port ${port}${apart}`)
    })
    return url
  }

  async #startTemporal() {
    const given = this.settings.temporalAddress
    if (given !== undefined) {
      const [, host, port] = /^(.*):(\d+)$/.exec(given)
      await this.#mustAnswer('TEMPORAL_ADDRESS', host.replace(/^\[|\]$/g, ''), Number(port), 'a Temporal dev server')
      return { address: given, ui: this.environment.TRIBUTARY_TEMPORAL_UI || null }
    }
    const part = this.#supervise('temporal', async (previous) => {
      const again = previous === undefined ? {} : { ports: previous.server.ports, program: previous.server }
      const server = await startTemporal({ data: this.data, namespace: this.settings.namespace, ...again })
      return { pid: server.pid, server, exited: gone(server.pid), stop: server.stop }
    })
    await step('Temporal', async (note) => {
      await part.begin()
      note(`port ${part.running.server.ports.port}, program: ${part.running.server.source}`)
    })
    return { address: part.running.server.address, ui: part.running.server.ui }
  }

  /** Fails early with one line, because the processes would otherwise print many retries. */
  async #mustAnswer(variable, host, port, alternative) {
    if (host === '') return // a socket in the file system
    if (await accepts(port, host)) return
    throw new Failure(
      `${variable}: nothing answers at ${host}:${port}: start it, correct the address, or unset ${variable} to use ${alternative}`,
    )
  }

  /** The environment of our own processes; it overrides the user's. */
  #childEnvironment() {
    const { api, sandbox, database_url, temporal, temporal_ui } = this.#addresses
    // settings for other Temporal servers must not reach the clients of ours
    const ownTemporal = this.settings.temporalAddress === undefined
    const inherited = Object.entries(this.environment).filter(
      ([name]) => !(ownTemporal && name.startsWith('TEMPORAL_')),
    )
    return {
      ...withDirectLoopback(Object.fromEntries(inherited)),
      ...(ownTemporal ? { TEMPORAL_CONFIG_FILE: emptyProfile() } : {}),
      DATABASE_URL: database_url,
      TEMPORAL_ADDRESS: temporal,
      TEMPORAL_NAMESPACE: this.settings.namespace,
      TRIBUTARY_CONFIG: this.settings.configuration,
      TRIBUTARY_DATA: this.data,
      TRIBUTARY_API_URL: api,
      ...(temporal_ui === null ? {} : { TRIBUTARY_TEMPORAL_UI: temporal_ui }),
      ...(sandbox === null ? {} : { TRIBUTARY_SANDBOX_URL: sandbox, SANDBOX_PORT: String(this.ports.sandbox) }),
      // only the flag turns this on, not a variable of the shell
      TRIBUTARY_WITH_SANDBOX: this.settings.addedSandbox ?? '',
      PORT: String(this.ports.api),
      HOST: this.settings.host,
    }
  }

  /** With the user's own configuration the sandbox has one panel and no buyers, and signs for that `public_url`. */
  #sandboxEnvironment(env) {
    if (this.settings.addedSandbox === undefined) return env
    return {
      ...env,
      SANDBOX_PANEL: 'sandbox-demo',
      SANDBOX_LAUNCH: 'off',
      TRIBUTARY_API_URL: this.publicUrl ?? env.TRIBUTARY_API_URL,
    }
  }

  async #migrate(env) {
    const log = this.#log('migrate')
    this.#migration = startChild({ ...this.#program('db/main.ts'), log, cwd: checkout, env })
    const how = await this.#migration.exited
    if (how === 'exit code 0' || this.stopping) return
    throw new Failure(
      `the database or Temporal could not be prepared (${how}): correct the errors above and start again; the log is ${log}`,
      readable(this.#migration.output()),
    )
  }

  async #startProcess(name, file, env) {
    const log = this.#log(name)
    const part = this.#supervise(name, async () =>
      startChild({ ...this.#program(file), log, cwd: checkout, env, patience: patience[name] }),
    )
    this.#watches.push(showErrors(name, log))
    await step(name, () => part.begin())
  }

  async #printBanner() {
    const { api, sandbox, temporal, namespace, temporal_ui } = this.#addresses
    const { configuration, addedSandbox } = this.settings
    const alone = this.settings.sandbox && addedSandbox === undefined
    const panel = await firstPanel(configuration, this.environment)
    const demoPanel = await firstPanel(addedSandbox ?? configuration, this.environment)
    if (this.settings.sandbox && demoPanel !== undefined)
      await untilSurveysMatch(api, demoPanel.key, () => this.stopping)
    // the sandbox's own keys are not secret; the keys of the user's operators are not used
    const surveys = alone ? await countSurveys(api, 'ok_test_ops') : []
    say(
      banner({
        surveys,
        api,
        temporal,
        namespace,
        temporalUi: temporal_ui,
        demo: sandbox === null ? null : `${sandbox}/demo`,
        panel,
        buyer: await firstBuyer(configuration, this.environment),
        showKey: alone,
        sandbox: alone ? 'alone' : addedSandbox === undefined ? 'off' : 'added',
        publicUrl: this.publicUrl,
        data: this.data,
        configuration,
      }),
    )
  }

  #readyLine() {
    const pid = (name) => this.#parts.get(name)?.running?.pid ?? null
    const { api, temporal, namespace, temporal_ui, sandbox } = this.#addresses
    return {
      event: 'ready',
      api,
      temporal,
      namespace,
      temporal_ui,
      ...(sandbox === null ? {} : { sandbox }),
      pids: {
        api: [pid('api')],
        worker: [pid('worker')],
        ...(sandbox === null ? {} : { sandbox: [pid('sandbox')] }),
        temporal: pid('temporal'),
        postgres: pid('postgres'),
      },
    }
  }

  #supervise(name, start) {
    const part = new Supervised(name, start, { onChange: () => this.#record(), log: this.#log(name) })
    this.#parts.set(name, part)
    return part
  }

  #record() {
    const processes = [...this.#parts].flatMap(([name, { running }]) =>
      running === undefined ? [] : [{ name, pid: running.pid }],
    )
    recordProcesses(this.data, { addresses: this.#addresses, processes })
  }

  #log(name) {
    return path.join(this.data, 'logs', `${name}.log`)
  }

  /** Stops in order: first the processes that accept work, last the servers that hold the data. */
  stop() {
    this.stopping = true
    this.#stopped ??= this.#stopInOrder()
    return this.#stopped
  }

  async #stopInOrder() {
    await this.#migration?.stop()
    for (const name of ['api', 'worker', 'sandbox', 'temporal', 'postgres']) {
      const part = this.#parts.get(name)
      if (part?.running === undefined) await part?.end()
      else await step(`${name} stopped`, () => part.end())
    }
    for (const endWatch of this.#watches) endWatch()
    forgetProcesses(this.data)
  }

  /** Kills everything immediately: the next start recovers unfinished work. */
  kill() {
    this.stopping = true
    if (this.#migration !== undefined && isAlive(this.#migration.pid)) signal(this.#migration.pid, 'SIGKILL')
    for (const part of this.#parts.values()) part.kill()
  }
}

/** An address that a browser on this machine can use, for a wildcard address. */
function reachable(host) {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}
