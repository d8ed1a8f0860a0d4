import fs from 'node:fs'
import { say } from './report.mjs'
import { describeEntry, parseEntry } from './supervisor.mjs'

/**
 * Shows new errors of a process's log. It reads the log instead of a pipe, so the process does not depend on us.
 *
 * @param {string} name of the process
 * @param {string} file its log
 * @param {(line: string) => void} [show]
 * @returns {() => void} reads the remaining lines and ends the watch
 */
export function showErrors(name, file, show = say) {
  let position = sizeOf(file)
  let rest = ''
  const read = () => {
    const size = sizeOf(file)
    if (size < position) position = 0 // the log was rotated
    if (size === position) return
    const buffer = Buffer.alloc(size - position)
    const descriptor = fs.openSync(file, 'r')
    position += fs.readSync(descriptor, buffer, 0, buffer.length, position)
    fs.closeSync(descriptor)
    const lines = (rest + buffer.toString('utf8')).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const entry = parseEntry(line)
      if (entry !== undefined && entry.level >= 50) show(`  !!  ${name}: ${describeEntry(entry)}`)
    }
  }
  const timer = setInterval(read, 300)
  timer.unref()
  return () => {
    clearInterval(timer)
    read()
  }
}

function sizeOf(file) {
  try {
    return fs.statSync(file).size
  } catch {
    return 0
  }
}
