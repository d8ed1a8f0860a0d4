import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { startChild } from '../../scripts/child.mjs'
import { showErrors } from '../../scripts/log-watch.mjs'
import { recordProcesses, stopOrphans } from '../../scripts/orphans.mjs'
import { isAlive } from '../../scripts/processes.mjs'
import { Supervised } from '../../scripts/supervisor.mjs'

let folder
const parts = []
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tributary-supervisor-'))
})
afterEach(async () => {
  await Promise.all(parts.splice(0).map((part) => part.end()))
  fs.rmSync(folder, { recursive: true })
})

const child = (code, log = path.join(folder, 'child.log')) =>
  startChild({ command: process.execPath, args: ['-e', code], log, cwd: folder, env: process.env })
const ready = "process.send({ event: 'ready' }); setInterval(() => {}, 1000)"

/** Supervises a small program; `starts` has the times of its starts. */
function supervise(code) {
  const starts = []
  const part = new Supervised('thing', async () => {
    starts.push(Date.now())
    return child(code)
  })
  parts.push(part)
  return { part, starts }
}

describe('Supervised', () => {
  it('waits until the process reports that it is ready', async () => {
    const { part } = supervise(`setTimeout(() => { ${ready} }, 300)`)
    const began = Date.now()
    await part.begin()
    expect(Date.now() - began).toBeGreaterThanOrEqual(300)
    expect(isAlive(part.running.pid)).toBe(true)
  })

  it('restarts a killed process, until it is stopped', async () => {
    const { part, starts } = supervise(ready)
    await part.begin()
    const first = part.running.pid
    process.kill(first, 'SIGKILL')
    await vi.waitFor(() => expect(part.running.pid).not.toBe(first), 60_000)
    const second = part.running.pid
    expect(isAlive(second)).toBe(true)
    await part.end()
    expect(isAlive(second)).toBe(false)
    await sleep(400)
    expect(starts).toHaveLength(2)
  })

  it('waits longer each time a process dies again', async () => {
    const { part, starts } = supervise("process.send({ event: 'ready' }, () => process.exit(3))")
    await part.begin()
    await vi.waitFor(() => expect(starts.length).toBeGreaterThanOrEqual(4), 60_000)
    const waits = starts.slice(1, 4).map((at, index) => at - starts[index])
    expect(waits[0]).toBeGreaterThanOrEqual(200)
    expect(waits[1]).toBeGreaterThanOrEqual(400)
    expect(waits[2]).toBeGreaterThanOrEqual(800)
  })

  it('does not retry when the first start fails, and shows the process’s output', async () => {
    const { part, starts } = supervise("console.error('panels[0].api_key: missing'); process.exit(2)")
    const failure = await part.begin().catch((error) => error)
    expect(failure.message).toMatch(/^thing did not start \(exit code 2\)[^\n]*$/)
    expect(failure.said).toEqual(['panels[0].api_key: missing'])
    await sleep(500)
    expect(starts).toHaveLength(1)
  })

  it('fails for a process that never becomes ready', async () => {
    const { part } = supervise('setInterval(() => {}, 1000)')
    await expect(part.begin(200)).rejects.toThrow(/thing is not ready after 200 ms: see/)
  })

  it('asks to stop before it kills', async () => {
    const file = path.join(folder, 'drained')
    const { part } = supervise(
      `process.on('SIGTERM', () => setTimeout(() => { require('fs').writeFileSync(${JSON.stringify(file)}, ''); process.exit() }, 200)); ${ready}`,
    )
    await part.begin()
    await part.end()
    expect(fs.existsSync(file)).toBe(true)
  })
})

describe('a process that a killed start left running', () => {
  it('is stopped, but not another process with the same id', async () => {
    const orphan = child(ready)
    const stranger = child(ready)
    await Promise.all([orphan.ready, stranger.ready])
    recordProcesses(folder, {
      addresses: {},
      processes: [
        { name: 'api', pid: orphan.pid },
        { name: 'worker', pid: stranger.pid },
      ],
    })
    const file = path.join(folder, 'processes.json')
    const record = JSON.parse(fs.readFileSync(file, 'utf8'))
    record.processes[1].started = 'before the machine restarted'
    fs.writeFileSync(file, JSON.stringify(record))
    expect(await stopOrphans(folder)).toEqual(['api'])
    expect(isAlive(orphan.pid)).toBe(false)
    expect(isAlive(stranger.pid)).toBe(true)
    await stranger.stop()
  })

  it('does not exist when there is no record', async () => {
    expect(await stopOrphans(folder)).toEqual([])
  })
})

describe('showErrors', () => {
  it('shows errors from now on, and nothing else', () => {
    const log = path.join(folder, 'api.log')
    fs.writeFileSync(log, '{"level":50,"msg":"old"}\n')
    const shown = []
    const finish = showErrors('api', log, (line) => shown.push(line.trim()))
    fs.appendFileSync(
      log,
      '{"level":30,"msg":"page stored"}\nplain text\n{"level":50,"msg":"poll failed","err":{"message":"no answer"}}\n',
    )
    finish()
    expect(shown).toEqual(['!!  api: poll failed: no answer'])
  })
})
