import fs from 'node:fs'
import path from 'node:path'
import { isAlive, startStamp, stopProcess } from './processes.mjs'
import { say } from './report.mjs'

const recordFile = (data) => path.join(data, 'processes.json')

/**
 * Writes down which processes run on a data directory and where they answer, for the next start and for
 * commands that look at a running installation. Only the owner may read it: the database's password is in it.
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

/** Removes the record: nothing runs any more. */
export function forgetProcesses(data) {
  fs.rmSync(recordFile(data), { force: true })
}

/**
 * Stops what a killed start left running, except PostgreSQL, which is adopted as it is. A recorded process is ours
 * only when it was also started at the recorded moment: ids are used again.
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
