import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { tryLock, withLock } from '../../scripts/lock.mjs'
import { startStamp } from '../../scripts/processes.mjs'

const module = fileURLToPath(new URL('../../scripts/lock.mjs', import.meta.url))
let folder
let file
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tributary-lock-'))
  file = path.join(folder, 'start.lock')
})
afterEach(() => fs.rmSync(folder, { recursive: true }))

it('is held by one process, and free after its release', () => {
  const lock = tryLock(file)
  expect(tryLock(file)).toEqual({ heldBy: process.pid })
  lock.release()
  expect(tryLock(file)).toHaveProperty('release')
})

it('is taken over from a process that was killed', async () => {
  const code = `const { tryLock } = await import(${JSON.stringify(module)}); tryLock(${JSON.stringify(file)}); console.log('held'); setInterval(() => {}, 1000)`
  const other = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(other.stdout, 'data')
  expect(tryLock(file)).toEqual({ heldBy: other.pid })
  other.kill('SIGKILL')
  await once(other, 'exit')
  expect(tryLock(file)).toHaveProperty('release')
})

it('is taken over when another process has the holder’s id now', () => {
  fs.writeFileSync(file, JSON.stringify({ pid: process.pid, started: 'before the machine restarted' }))
  expect(tryLock(file)).toHaveProperty('release')
})

it('distinguishes a process from an earlier one with the same id', () => {
  expect(startStamp(process.pid)).toBe(startStamp(process.pid))
  const { pid } = spawnSync(process.execPath, ['-e', ''])
  expect(startStamp(pid)).toBe('')
})

it('lets in one at a time', async () => {
  let inside = 0
  let most = 0
  const work = async () => {
    inside += 1
    most = Math.max(most, inside)
    await new Promise((resolve) => setTimeout(resolve, 30))
    inside -= 1
  }
  await Promise.all([withLock(file, work), withLock(file, work), withLock(file, work)])
  expect(most).toBe(1)
})
