import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, openSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const checkout = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** The servers and processes of one benchmark, on free ports; they end with it. */
export interface Stack {
  readonly data: string
  readonly databaseUrl: string
  readonly temporalAddress: string
  readonly apiUrl: string
  readonly sandboxUrl: string
  readonly pids: Readonly<Record<string, number>>
  /** Starts one more of our processes and waits until it reports that it is ready. */
  start(name: string, args: readonly string[], env?: Readonly<Record<string, string>>): Promise<ChildProcess>
  stop(): Promise<void>
}

export interface StackOptions {
  /** Creates the text of the configuration file from the addresses. */
  readonly configuration: (addresses: { sandboxUrl: string; apiUrl: string }) => { file: string; text: string }
  readonly sandbox: Readonly<Record<string, string>>
  /** False = no worker runs [true]. */
  readonly worker?: boolean
}

interface TestServers {
  startTestServers(data: string): Promise<{ environment: Record<string, string>; stop: () => Promise<void> }>
}

/** A port that is free at this moment. */
export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}

/** Starts PostgreSQL, Temporal, the sandbox, the API and a worker as `npm start` does, as separate processes. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const data = mkdtempSync(join(tmpdir(), 'tributary-bench-'))
  const [apiPort, sandboxPort] = [await freePort(), await freePort()]
  const apiUrl = `http://127.0.0.1:${apiPort}`
  const sandboxUrl = `http://127.0.0.1:${sandboxPort}`
  const configuration = options.configuration({ sandboxUrl, apiUrl })
  const { writeFileSync } = await import('node:fs')
  const configFile = join(data, configuration.file)
  writeFileSync(configFile, configuration.text)

  const servers = (await import(join(checkout, 'scripts', 'test-servers.mjs'))) as TestServers
  const { environment, stop: stopServers } = await servers.startTestServers(data)
  const databaseUrl = environment.TEST_DATABASE_URL ?? ''
  const temporalAddress = environment.TEST_TEMPORAL_ADDRESS ?? ''
  const children: { name: string; child: ChildProcess }[] = []
  const shared = {
    ...process.env,
    DATABASE_URL: databaseUrl,
    TEMPORAL_ADDRESS: temporalAddress,
    TRIBUTARY_CONFIG: configFile,
    TRIBUTARY_API_URL: apiUrl,
    TRIBUTARY_SANDBOX_URL: sandboxUrl,
    HOST: '127.0.0.1',
    PORT: String(apiPort),
    SANDBOX_PORT: String(sandboxPort),
    LOG_LEVEL: process.env.LOG_LEVEL ?? 'warn',
    // production mode, so that the development overhead of express is not measured
    NODE_ENV: 'production',
  }

  const start = (name: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    new Promise<ChildProcess>((resolve, reject) => {
      const log = openSync(join(data, `${name}.log`), 'a')
      const child = spawn(process.execPath, ['--import', 'tsx', ...args], {
        cwd: checkout,
        env: { ...shared, ...env },
        stdio: ['ignore', log, log, 'ipc'],
      })
      children.push({ name, child })
      child.once('message', () => resolve(child))
      child.once('exit', (code) => reject(new Error(`${name} ended with ${code}; see ${join(data, `${name}.log`)}`)))
    })

  await run(['--import', 'tsx', 'db/main.ts'], shared)
  await start('sandbox', ['sandbox/main.ts'], options.sandbox)
  await Promise.all([
    start('api', ['api/main.ts']),
    ...(options.worker === false ? [] : [start('worker', ['workers/main.ts'])]),
  ])
  return {
    data,
    databaseUrl,
    temporalAddress,
    apiUrl,
    sandboxUrl,
    get pids() {
      return Object.fromEntries(children.map(({ name, child }) => [name, child.pid ?? 0]))
    },
    start,
    async stop() {
      await Promise.all(children.reverse().map(({ child }) => ended(child)))
      await stopServers()
      if (process.env.BENCH_KEEP === undefined) rmSync(data, { recursive: true, force: true })
    },
  }
}

function run(args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: checkout, env, stdio: ['ignore', 'ignore', 'inherit'] })
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`${args.join(' ')} ended with ${code}`))))
  })
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise((resolve) => {
    const giveUp = setTimeout(() => child.kill('SIGKILL'), 15_000)
    child.removeAllListeners('exit')
    child.once('exit', () => {
      clearTimeout(giveUp)
      resolve()
    })
    child.kill('SIGTERM')
  })
}
