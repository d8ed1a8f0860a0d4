import fs from 'node:fs'
import path from 'node:path'
import { isAlive, startStamp, stopProcess } from './processes.mjs'
import { say } from './report.mjs'

const recordFile = (data) => path.join(data, 'processes.json')

/**
 * Records the processes of a data directory and their addresses, for the next start and for commands that use a running
 * installation. Only the owner can read the file, because it contains the database's password.
 *
 * @param {string} data
 * @param {{ addresses: Record<string, string | null>, processes: { name: string, pid: number }[] }} record
 */
export function recordProcesses(data, { addresses, processes }) {
  const stamped = processes.map(({ name, pid }) => ({ name, pid, started: startStamp(pid) }))
  const draft = `${recordFile(data)}.new`
  fs.writeFileSync(draft, `${JSON.stringify({ supervisor: process.pid, addresses, processes: stamped }, null, 2)}\n`, {
    mode: 0o600,
  })
  fs.renameSync(draft, recordFile(data))
}

/** Removes the record when no process runs any more. */
export function forgetProcesses(data) {
  fs.rmSync(recordFile(data), { force: true })
}

/**
 * Stops the processes of a killed start, except PostgreSQL, which is adopted. A recorded process is ours only when its
 * start time matches too, because ids are reused.
 *
 * @param {string} data
 * @returns {Promise<string[]>} the names of what was stopped
 */
export async function stopOrphans(data) {
  const orphans = readRecord(data).filter(
    ({ name, pid, started }) => name !== 'postgres' && isAlive(pid) && startStamp(pid) === started,
  )
  if (orphans.length > 0)
    say(
      `  ..  an earlier start was killed: stopping its ${orphans.map(({ name, pid }) => `${name} (${pid})`).join(', ')}`,
    )
  await Promise.all(orphans.map(({ pid }) => stopProcess(pid, { within: 5000 })))
  return orphans.map(({ name }) => name)
}

function readRecord(data) {
  try {
    const { processes } = JSON.parse(fs.readFileSync(recordFile(data), 'utf8'))
    return Array.isArray(processes) ? processes : []
  } catch {
    return []
  }
}
