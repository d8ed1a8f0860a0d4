import { spawn } from 'node:child_process'
import fs from 'node:fs'
import { openLog, stopProcess } from './processes.mjs'

/**
 * One supervised process.
 *
 * @typedef {object} Running
 * @property {number} pid
 * @property {Promise<string>} exited resolves with a text that says how it ended
 * @property {Promise<void>} [ready] resolves when the process reports that it is ready
 * @property {() => string[]} [output] what it printed since its start
 * @property {(patience?: number) => Promise<void>} stop
 */

/**
 * Starts one of the product's own processes, in a separate process group. It writes directly to its log, so it does not
 * need us to live, and reports over the IPC channel when it is ready: `{ event: 'ready' }`.
 *
 * @param {{ command: string, args: string[], log: string, cwd: string, env: NodeJS.ProcessEnv, patience?: number }} options
 *   `patience`: milliseconds between asking it to stop and killing it [10 s]
 * @returns {Running}
 */
export function startChild({ command, args, log, cwd, env, patience: usualPatience = 10_000 }) {
  const output = openLog(log)
  const offset = fs.fstatSync(output).size
  const child = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', output, output, 'ipc'] })
  fs.closeSync(output)
  const exited = new Promise((resolve) => {
    child.on('error', (error) => {
      if (child.pid === undefined) resolve(error.message)
    })
    child.on('exit', (code, signal) => resolve(signal === null ? `exit code ${code}` : `killed by ${signal}`))
  })
  const ready = new Promise((resolve) => {
    child.on('message', (message) => {
      if (message?.event === 'ready') resolve()
    })
  })
  return {
    pid: child.pid ?? 0,
    exited,
    ready,
    output: () => readFrom(log, offset),
    stop: (patience = usualPatience) => stopProcess(child.pid ?? 0, { within: patience }),
  }
}

function readFrom(file, offset) {
  const text = fs.readFileSync(file).subarray(offset).toString('utf8').trim()
  return text === '' ? [] : text.split('\n')
}
