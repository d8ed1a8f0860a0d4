import fs from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { isAlive, startStamp } from './processes.mjs'

// Below the ranges from which Linux (32768) and macOS (49152) take the ports of outgoing connections, because an
// outgoing connection could take such a port while one of our servers restarts.
const lowest = 20_000
const highest = 32_000

/**
 * Tries to listen on a port.
 *
 * @returns {Promise<string | undefined>} the error's code (`EADDRINUSE`, `EADDRNOTAVAIL`, ...), undefined when it works
 */
export function whyNotFree(port, host = '127.0.0.1') {
  return new Promise((resolve) => {
    const server = net.createServer()
    server.once('error', (error) => resolve(error.code))
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(undefined)))
  })
}

const notes = new Set()
process.on('exit', () => {
  for (const note of notes) fs.rmSync(note, { force: true })
})

/**
 * Reserves a port for this process. Otherwise two concurrent starts could both see a port as free, and the slower one
 * would fail. A note of a dead process does not count.
 */
function reserve(port) {
  const folder = path.join(os.tmpdir(), `tributary-ports-${process.getuid?.() ?? 'user'}`)
  const note = path.join(folder, String(port))
  if (notes.has(note)) return true
  try {
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
    const holder = readNote(note)
    if (holder !== undefined) {
      if (isAlive(holder.pid) && startStamp(holder.pid) === holder.started) return false
      fs.rmSync(note, { force: true })
    }
    fs.writeFileSync(note, JSON.stringify({ pid: process.pid, started: startStamp(process.pid) }), { flag: 'wx' })
    notes.add(note)
    return true
  } catch (error) {
    // no usable temporary folder: the note is optional, the listening socket decides
    return error.code !== 'EEXIST'
  }
}

function readNote(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}

/**
 * A port that is free on `host`: the first free one of `preferred`, else any.
 *
 * @param {number[]} preferred ports to try first, e.g. the one used before and the usual one
 * @param {string} [host]
 * @returns {Promise<number>}
 */
export async function choosePort(preferred, host = '127.0.0.1') {
  for (const port of preferred) {
    if (port > 0 && (await whyNotFree(port, host)) === undefined && reserve(port)) return port
  }
  for (;;) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest))
    if ((await whyNotFree(port, host)) === undefined && reserve(port)) return port
  }
}

/** True when a server accepts connections on the port within a second. */
export function accepts(port, host = '127.0.0.1') {
  return new Promise((resolve) => {
    const socket = net.connect({ port, host })
    const done = (answer) => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(1000, () => done(false))
    socket.once('connect', () => done(true))
    socket.once('error', () => done(false))
  })
}
