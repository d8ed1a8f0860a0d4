import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isAlive, startStamp } from './processes.mjs'

/**
 * Takes a lock file for this process. A lock whose holder is gone (after a `kill -9`, or a restart of the
 * machine) is taken over.
 *
 * @param {string} file
 * @returns {{ release: () => void } | { heldBy: number }}
 */
export function tryLock(file) {
  fs.mkdirSync(path.dirname(file), { recursive: true })
  const mine = JSON.stringify({ pid: process.pid, started: startStamp(process.pid) })
  for (;;) {
    // written aside and linked, so that a lock file is never seen empty
    const draft = `${file}.${process.pid}`
    fs.writeFileSync(draft, mine)
    try {
      fs.linkSync(draft, file)
      return { release: () => releaseLock(file, mine) }
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    } finally {
      fs.rmSync(draft, { force: true })
    }
    const holder = readHolder(file)
    if (holder !== undefined && isHolderAlive(holder)) return { heldBy: holder.pid }
    takeOver(file)
  }
}

/** Moves a dead lock out of the way. The move is atomic, so of two that try only one removes a file. */
function takeOver(file) {
  const aside = `${file}.stale.${process.pid}`
  try {
    fs.renameSync(file, aside)
    const moved = readHolder(aside)
    // a rival may have taken the dead lock over between our look and our move: give it back
    if (moved !== undefined && isHolderAlive(moved)) fs.linkSync(aside, file)
  } catch (error) {
    if (error.code !== 'ENOENT' && error.code !== 'EEXIST') throw error
  } finally {
    fs.rmSync(aside, { force: true })
  }
}

function releaseLock(file, mine) {
  try {
    if (fs.readFileSync(file, 'utf8') === mine) fs.rmSync(file)
  } catch {
    // gone already: nothing is held
  }
}

function readHolder(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}

function isHolderAlive(holder) {
  return isAlive(holder.pid) && startStamp(holder.pid) === holder.started
}

/**
 * Runs `work` while holding a lock file, waiting for its turn.
 *
 * @template T
 * @param {string} file
 * @param {(waited: boolean) => Promise<T>} work learns whether another process held the lock before
 * @param {(pid: number) => void} [onWait] called once when there is somebody to wait for
 * @returns {Promise<T>}
 */
export async function withLock(file, work, onWait = () => {}) {
  let waited = false
  for (;;) {
    const lock = tryLock(file)
    if ('release' in lock) {
      try {
        return await work(waited)
      } finally {
        lock.release()
      }
    }
    if (!waited) onWait(lock.heldBy)
    waited = true
    await sleep(200)
  }
}
