import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { chooseOwnPorts } from '../../scripts/own-ports.mjs'
import { choosePort, whyNotFree } from '../../scripts/ports.mjs'

const module = fileURLToPath(new URL('../../scripts/ports.mjs', import.meta.url))

it('takes the preferred port when it is free', async () => {
  const free = await choosePort([])
  expect(await choosePort([0, free])).toBe(free)
})

it('takes another port when the preferred one is taken', async () => {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  expect(await whyNotFree(port)).toBe('EADDRINUSE')
  const chosen = await choosePort([port])
  expect(chosen).not.toBe(port)
  expect(await whyNotFree(chosen)).toBeUndefined()
  server.close()
})

it('names why an address of another machine cannot be used', async () => {
  expect(await whyNotFree(0, '192.0.2.1')).toBe('EADDRNOTAVAIL')
})

it('skips a port that another start has chosen but not opened, until that start ends', async () => {
  const code = `const { choosePort } = await import(${JSON.stringify(module)}); console.log(await choosePort([])); setInterval(() => {}, 1000)`
  const other = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] })
  const port = Number(String((await once(other.stdout, 'data'))[0]))
  expect(await whyNotFree(port)).toBeUndefined()
  expect(await choosePort([port])).not.toBe(port)
  other.kill('SIGKILL')
  await once(other, 'exit')
  expect(await choosePort([port])).toBe(port)
})

describe('chooseOwnPorts', () => {
  let data
  beforeEach(() => {
    data = fs.mkdtempSync(path.join(os.tmpdir(), 'tributary-own-ports-'))
  })
  afterEach(() => fs.rmSync(data, { recursive: true }))
  const settings = (port) => ({ data, host: '127.0.0.1', port, sandbox: true })

  it('keeps the free ports it chose for the next start', async () => {
    const ports = await chooseOwnPorts(settings(0))
    expect(await chooseOwnPorts(settings(0))).toEqual(ports)
    expect(await chooseOwnPorts(settings(undefined))).toEqual(ports)
  })

  it('refuses a requested port that is in use, in one line that names the fix', async () => {
    const server = net.createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    await expect(chooseOwnPorts(settings(server.address().port))).rejects.toThrow(
      /^PORT: \d+ is taken [^\n]*unset PORT[^\n]*$/,
    )
    server.close()
  })

  it('does not store a requested port as the usual one', async () => {
    const asked = await choosePort([])
    expect((await chooseOwnPorts(settings(asked))).api).toBe(asked)
    expect((await chooseOwnPorts(settings(0))).api).not.toBe(asked)
  })
})
