import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { choosePort } from './ports.mjs'
import { findAccount, postgresBinaries } from './postgres-binaries.mjs'
import { commandLine, isAlive, openLog, spawnServer, stopProcess, tail } from './processes.mjs'
import { Failure } from './report.mjs'

const database = 'tributary'
const startPatience = 60_000

/**
 * A running embedded PostgreSQL.
 *
 * @typedef {object} Postgres
 * @property {string} url the connection string, password included
 * @property {number} pid
 * @property {number} port
 * @property {boolean} adopted it was already running, since an earlier start that was killed
 * @property {boolean} created the cluster is new
 * @property {string} cluster the folder of the database cluster: in the data directory, unless root had to move it
 * @property {(patience?: number) => Promise<void>} stop fast shutdown: sessions are ended, data is flushed
 */

/**
 * Starts the embedded PostgreSQL of a data directory, or adopts the one that already runs on it.
 *
 * It listens on the loopback address only, needs a password that is generated once and stored in the data directory,
 * and is fully durable: fsync and synchronous_commit stay on.
 *
 * @param {{ data: string, port?: number, accountKinds?: string[] }} options `data`: the data directory; `port`: the required one (a restart) [any free one, the last one used first]
 * @returns {Promise<Postgres>}
 * @throws {Failure}
 */
export async function startPostgres({ data, port: wantedPort, accountKinds }) {
  const home = path.join(data, 'postgres')
  const log = path.join(data, 'logs', 'postgres.log')
  fs.mkdirSync(home, { recursive: true, mode: 0o700 })
  const account = findAccount(postgresBinaries(), home, accountKinds === undefined ? {} : { kinds: accountKinds })
  const passwordFile = path.join(data, 'postgres-password')

  const running = runningPostmaster(account.cluster)
  if (running !== undefined && fs.existsSync(passwordFile)) {
    await untilReady(account.cluster, running.pid, log)
    return describe({ ...readPidFile(account.cluster), adopted: true, created: false, passwordFile, account })
  }

  forgetOrphanedCluster(account, passwordFile)
  const created = !fs.existsSync(path.join(account.cluster, 'PG_VERSION'))
  if (created) createCluster(account, passwordFile, log)
  for (let attempt = 1; ; attempt += 1) {
    const port = wantedPort ?? (await choosePort([rememberedPort(data)]))
    const pid = await launch(account, port, log)
    if (pid !== undefined) {
      fs.writeFileSync(path.join(data, 'postgres-port'), String(port))
      return describe({ pid, port, adopted: false, created, passwordFile, account })
    }
    // another program took the port meanwhile, or a process of a killed server still held its shared memory
    if (attempt === 5)
      throw new Failure(
        `PostgreSQL does not start: ${tail(log, 2)} - see ${log}, or set DATABASE_URL to your own PostgreSQL`,
      )
    await sleep(300 * attempt)
  }
}

/**
 * A cluster without its password file cannot be used. When root's data is outside the data directory, the user has
 * removed the data directory, so this removes the cluster too. Inside the data directory a missing password file is an
 * error.
 */
function forgetOrphanedCluster(account, passwordFile) {
  if (fs.existsSync(passwordFile) || !fs.existsSync(path.join(account.cluster, 'PG_VERSION'))) return
  if (account.kind !== 'switch') {
    throw new Failure(
      `PostgreSQL's password file ${passwordFile} is missing: restore it, or remove ${account.cluster} to begin with an empty database`,
    )
  }
  for (const name of fs.readdirSync(account.cluster)) fs.rmSync(path.join(account.cluster, name), { recursive: true })
}

function describe({ pid, port, adopted, created, passwordFile, account }) {
  const password = fs.readFileSync(passwordFile, 'utf8').trim()
  return {
    url: `postgres://tributary:${password}@127.0.0.1:${port}/${database}`,
    pid,
    port,
    adopted,
    created,
    cluster: account.cluster,
    stop: (patience = 15_000) => stopProcess(pid, { with: 'SIGINT', within: patience }),
  }
}

function rememberedPort(data) {
  try {
    return Number(fs.readFileSync(path.join(data, 'postgres-port'), 'utf8'))
  } catch {
    return 0
  }
}

/** Creates the cluster and its database, under a draft name, so that a killed attempt leaves no incomplete cluster. */
function createCluster(account, passwordFile, log) {
  const final = account.cluster
  // a draft inside the cluster's folder keeps the owner, and works when only that folder is writable
  const draft = path.join(final, 'new')
  fs.rmSync(draft, { recursive: true, force: true })
  const password = randomBytes(18).toString('base64url')
  fs.writeFileSync(`${passwordFile}.new`, `${password}\n`, { mode: 0o600 })
  const passwordArgument =
    account.kind === 'switch' ? readableCopy(account, `${passwordFile}.new`) : `${passwordFile}.new`
  run(account, log, 'initdb', [
    `--pgdata=${draft}`,
    '--username=tributary',
    '--auth=scram-sha-256',
    `--pwfile=${passwordArgument}`,
    '--encoding=UTF8',
    '--locale=C', // the user's locale may not exist here; the product sorts in code unit order
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
  ])
  run(account, log, 'postgres', ['--single', '-D', draft, 'postgres'], `CREATE DATABASE ${database}\n`)
  if (passwordArgument !== `${passwordFile}.new`) fs.rmSync(passwordArgument)
  for (const name of fs
    .readdirSync(draft)
    .sort((one, other) => Number(one === 'PG_VERSION') - Number(other === 'PG_VERSION'))) {
    // PG_VERSION last, because it marks a complete cluster
    fs.rmSync(path.join(final, name), { recursive: true, force: true })
    if (name === 'PG_VERSION') fs.renameSync(`${passwordFile}.new`, passwordFile)
    fs.renameSync(path.join(draft, name), path.join(final, name))
  }
  fs.rmdirSync(draft)
}

function readableCopy(account, file) {
  const copy = path.join(account.cluster, 'password.new')
  fs.copyFileSync(file, copy)
  fs.chownSync(copy, account.spawn.uid, account.spawn.gid)
  return copy
}

function run(account, log, name, args, input = '') {
  const [command, all] = account.command(name, args)
  const result = spawnSync(command, all, { ...account.spawn, env: serverEnvironment(), input, encoding: 'utf8' })
  const output = `${result.stdout ?? ''}${result.stderr ?? ''}`
  const file = openLog(log)
  fs.writeSync(file, output)
  fs.closeSync(file)
  if (result.status === 0) return
  const said = output
    .trim()
    .split('\n')
    .filter((line) => /error|fatal|hint|could not|cannot/i.test(line))
    .slice(0, 2)
  throw new Failure(
    `PostgreSQL's ${name} failed: ${result.error?.message ?? (said.join(' | ') || `code ${result.status}`)} - see ${log}, or set DATABASE_URL to your own PostgreSQL`,
  )
}

/** PostgreSQL reads PG* variables as defaults: leave out those of the user's own servers. */
function serverEnvironment() {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('PG')))
  return { ...env, LC_ALL: 'C' }
}

/** Starts the server and waits until it accepts connections; undefined when it ends instead. */
async function launch(account, port, log) {
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '', // a path under a deep checkout is too long for a socket
    max_connections: 200,
    timezone: 'UTC',
    log_timezone: 'UTC',
    fsync: 'on',
    synchronous_commit: 'on',
  }
  const [command, args] = account.command('postgres', [
    '-D',
    account.cluster,
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ])
  const child = spawnServer(command, args, { ...account.spawn, log, env: serverEnvironment() })
  child.unref()
  if (child.pid === undefined) return undefined
  const deadline = Date.now() + startPatience
  while (child.exitCode === null && child.signalCode === null) {
    const state = readPidFile(account.cluster)
    if (state?.pid === child.pid && state.ready) return child.pid
    if (Date.now() > deadline) {
      await stopProcess(child.pid, { with: 'SIGQUIT' })
      return undefined
    }
    await sleep(20)
  }
  return undefined
}

async function untilReady(cluster, pid, log) {
  const deadline = Date.now() + startPatience
  while (!(readPidFile(cluster)?.ready ?? false)) {
    if (!isAlive(pid) || Date.now() > deadline)
      throw new Failure(`the PostgreSQL that runs on ${cluster} does not become ready: see ${log}, then start again`)
    await sleep(50)
  }
}

/** postmaster.pid: line 1 the process, line 4 the port, line 8 the state. */
function readPidFile(cluster) {
  try {
    const lines = fs.readFileSync(path.join(cluster, 'postmaster.pid'), 'utf8').split('\n')
    return { pid: Number(lines[0]), port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' }
  } catch {
    return undefined
  }
}

/**
 * The server that runs on a cluster. A postmaster.pid is stale, and removed, when its process is dead or its id belongs
 * to another program by now; in the second case PostgreSQL itself would refuse to start.
 */
export function runningPostmaster(cluster) {
  const state = readPidFile(cluster)
  if (state === undefined) return undefined
  if (isAlive(state.pid) && commandLine(state.pid).includes('postgres') && commandLine(state.pid).includes(cluster))
    return state
  fs.rmSync(path.join(cluster, 'postmaster.pid'), { force: true })
  return undefined
}
