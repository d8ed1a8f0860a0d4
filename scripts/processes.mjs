import { execFileSync, spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** True when a process with this id exists and is not a zombie. */
export function isAlive(pid) {
  if (!Number.isInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
  } catch (error) {
    return error.code === 'EPERM'
  }
  return !isZombie(pid)
}

/** In a container without an init, dead orphans are never reaped: they keep their id but no longer run. */
function isZombie(pid) {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3) === 'Z'
  } catch {
    return false
  }
}

/**
 * The command line of a process, or '' when it is dead or not readable. It is the title of a process that set one.
 */
export function commandLine(pid) {
  try {
    return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
  } catch {
    if (process.platform === 'linux') return ''
  }
  try {
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  } catch {
    return ''
  }
}

/** The ids of the processes whose command line contains `text`. */
export function findProcesses(text) {
  return processIds().filter((pid) => pid !== process.pid && `${commandLine(pid)} `.includes(text) && isAlive(pid))
}

function processIds() {
  if (process.platform === 'linux') return fs.readdirSync('/proc').map(Number).filter(Number.isInteger)
  const listed = execFileSync('ps', ['-axo', 'pid='], { encoding: 'utf8' })
  return listed.trim().split(/\s+/).map(Number)
}

/**
 * The start time of a process as an opaque text, or '' when unknown. Together with the id it identifies one process,
 * because ids are reused and start times are not.
 */
export function startStamp(pid) {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8')
    // field 22, counted after the command's closing parenthesis, because the command may contain spaces
    return `ticks:${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}`
  } catch {
    if (process.platform === 'linux') return ''
  }
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  } catch {
    return ''
  }
}

/** Waits until a process ends. Returns false when it still runs after `milliseconds`. */
export async function waitForExit(pid, milliseconds) {
  const deadline = Date.now() + milliseconds
  while (isAlive(pid)) {
    if (Date.now() >= deadline) return false
    await sleep(20)
  }
  return true
}

/** Sends a signal; ignores a process that has already ended. */
export function signal(pid, name) {
  try {
    process.kill(pid, name)
  } catch (error) {
    if (error.code !== 'ESRCH') throw error
  }
}

/**
 * Signals a process to stop, and kills it when it does not stop in time.
 *
 * @param {number} pid
 * @param {{ with?: NodeJS.Signals, within?: number }} [how] the first signal [SIGTERM], milliseconds to wait [10 s]
 */
export async function stopProcess(pid, { with: polite = 'SIGTERM', within = 10_000 } = {}) {
  if (!isAlive(pid)) return
  signal(pid, polite)
  if (await waitForExit(pid, within)) return
  signal(pid, 'SIGKILL')
  await waitForExit(pid, 5000)
}

const largestLog = 20 * 1024 * 1024

/** Opens a log file for appending; renames a large one to `<file>.1` first. */
export function openLog(file) {
  fs.mkdirSync(path.dirname(file), { recursive: true })
  if (fs.existsSync(file) && fs.statSync(file).size > largestLog) fs.renameSync(file, `${file}.1`)
  return fs.openSync(file, 'a', 0o600)
}

/**
 * Starts a server in a separate process group, so a Ctrl-C in the terminal reaches only us and we stop the processes in
 * order. Its output goes to a log file.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ log: string, env?: NodeJS.ProcessEnv, cwd?: string, uid?: number, gid?: number }} options
 */
export function spawnServer(command, args, { log, ...options }) {
  const output = openLog(log)
  const child = spawn(command, args, { ...options, detached: true, stdio: ['ignore', output, output] })
  fs.closeSync(output)
  child.on('error', () => {}) // for a missing program the caller checks `pid === undefined`
  return child
}

/** The last lines of a log, for an error message. */
export function tail(file, lines = 3) {
  try {
    return fs.readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join(' | ')
  } catch {
    return ''
  }
}
