import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isAlive, startStamp } from './processes.mjs'

/**
 * Takes a lock file for this process. Takes over a lock whose holder is dead (after a `kill -9`, or a restart of the
 * machine).
 *
 * @param {string} file
 * @returns {{ release: () => void } | { heldBy: number }}
 */
export function tryLock(file) {
  fs.mkdirSync(path.dirname(file), { recursive: true })
  const mine = JSON.stringify({ pid: process.pid, started: startStamp(process.pid) })
  for (;;) {
    // write a draft and link it, so that no process sees an empty lock file
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

/** Moves a dead lock aside. The move is atomic, so only one of two rivals removes the file. */
function takeOver(file) {
  const aside = `${file}.stale.${process.pid}`
  try {
    fs.renameSync(file, aside)
    const moved = readHolder(aside)
    // a rival may have taken the lock between our check and our move: give it back
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
    // already removed
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
 * Waits for a lock file and runs `work` while holding it.
 *
 * @template T
 * @param {string} file
 * @param {(waited: boolean) => Promise<T>} work `waited`: another process held the lock before
 * @param {(pid: number) => void} [onWait] called once when another process holds the lock
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
