import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { checkout } from './checkout.mjs'
import { withDirectLoopback } from './loopback.mjs'
import { accepts, choosePort } from './ports.mjs'
import { findProcesses, isAlive, spawnServer, stopProcess, tail } from './processes.mjs'
import { Failure } from './report.mjs'
import { findTemporalProgram } from './temporal-program.mjs'

const startPatience = 30_000

/**
 * A running Temporal dev server.
 *
 * @typedef {object} Temporal
 * @property {string} address host:port of the gRPC endpoint
 * @property {string} ui the Web UI's URL
 * @property {number} pid
 * @property {{ port: number, uiPort: number }} ports
 * @property {string} executable
 * @property {string} source where the program was found
 * @property {(patience?: number) => Promise<void>} stop
 */

/**
 * Starts a Temporal dev server with its Web UI on a data directory. A file there stores its history, so workflows
 * continue after a restart.
 *
 * @param {{ data: string, namespace?: string, ports?: { port: number, uiPort: number }, preferred?: { port: number, uiPort: number }, program?: { executable: string, source: string } }} options
 *   `ports`: the required ones (a restart); `preferred`: the ones to try first [7233 and 8233]
 * @returns {Promise<Temporal>}
 * @throws {Failure}
 */
export async function startTemporal({
  data,
  namespace = 'default',
  ports: wanted,
  preferred = { port: 7233, uiPort: 8233 },
  program,
}) {
  const { executable, source } = program ?? (await findTemporalProgram())
  const log = path.join(data, 'logs', 'temporal.log')
  await stopLeftover(path.join(data, 'temporal.db'))
  for (let attempt = 1; ; attempt += 1) {
    const ports = wanted ?? (await choosePorts(data, preferred))
    const pid = await launch({ executable, data, namespace, ports, log })
    if (pid !== undefined) {
      fs.writeFileSync(path.join(data, 'temporal-ports.json'), JSON.stringify(ports))
      return {
        address: `127.0.0.1:${ports.port}`,
        ui: `http://127.0.0.1:${ports.uiPort}`,
        pid,
        ports,
        executable,
        source,
        stop: (patience = 10_000) => stopProcess(pid, { with: 'SIGTERM', within: patience }),
      }
    }
    if (attempt === 3)
      throw new Failure(
        `Temporal does not start: ${tail(log, 2)} - see ${log}, or set TEMPORAL_ADDRESS to your own server`,
      )
    await sleep(300 * attempt)
  }
}

async function choosePorts(data, preferred) {
  const before = readPorts(data)
  return {
    port: await choosePort([before.port, preferred.port]),
    uiPort: await choosePort([before.uiPort, preferred.uiPort]),
  }
}

function readPorts(data) {
  try {
    return JSON.parse(fs.readFileSync(path.join(data, 'temporal-ports.json'), 'utf8'))
  } catch {
    return { port: 0, uiPort: 0 }
  }
}

/** Stops the server of a killed start first, because two servers would corrupt one history file. */
async function stopLeftover(database) {
  for (const pid of findProcesses(`--db-filename ${database} `)) await stopProcess(pid)
}

/** Starts the server and waits until its namespace answers; undefined when it ends instead. */
async function launch({ executable, data, namespace, ports, log }) {
  const args = [
    'server',
    'start-dev',
    '--ip',
    '127.0.0.1',
    '--port',
    String(ports.port),
    '--ui-port',
    String(ports.uiPort),
  ]
  args.push('--db-filename', path.join(data, 'temporal.db'), '--namespace', namespace, '--log-level', 'error')
  const child = spawnServer(executable, args, { log, cwd: data, env: serverEnvironment() })
  child.unref()
  if (child.pid === undefined) return undefined
  const deadline = Date.now() + startPatience
  while (child.exitCode === null && child.signalCode === null) {
    if (await isServing(executable, `127.0.0.1:${ports.port}`, namespace)) {
      // another server might answer on this port: count it only while our process runs
      if (isAlive(child.pid)) return child.pid
    }
    if (Date.now() > deadline) {
      await stopProcess(child.pid)
      return undefined
    }
    await sleep(50)
  }
  return undefined
}

/** True when the namespace answers; the port opens earlier. */
export async function isServing(executable, address, namespace) {
  const [host, port] = address.split(':')
  if (!(await accepts(Number(port), host))) return false
  const args = ['operator', 'namespace', 'describe', '--namespace', namespace, '--address', address]
  return spawnSync(executable, args, { env: serverEnvironment(), stdio: 'ignore', timeout: 5000 }).status === 0
}

/** The CLI reads TEMPORAL_* and a profile file as defaults: leave out those of the user's other servers. */
function serverEnvironment() {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TEMPORAL_')))
  return { ...withDirectLoopback(env), TEMPORAL_CONFIG_FILE: emptyProfile() }
}

/**
 * A profile file without settings, for all clients of the dev server, because the user's own profile may name another
 * server's keys and certificates. It must exist and have the default profile, or the SDK fails.
 */
export function emptyProfile() {
  return path.join(checkout, 'scripts', 'temporal-profile.toml')
}
