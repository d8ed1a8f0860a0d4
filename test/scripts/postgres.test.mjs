import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startPostgres } from '../../scripts/postgres.mjs'
import { isAlive, waitForExit } from '../../scripts/processes.mjs'

async function query(server, sql) {
  const client = new pg.Client(server.url)
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

describe('the embedded PostgreSQL', () => {
  let data
  let server
  beforeAll(async () => {
    data = fs.mkdtempSync(path.join(os.tmpdir(), 'tributary-postgres-test-'))
    server = await startPostgres({ data })
    await query(server, 'create table kept as select 1 as one')
  })
  afterAll(async () => {
    await server.stop()
    fs.rmSync(data, { recursive: true })
  })
  const kept = () => query(server, 'select one from kept')

  it('is durable, listens on the loopback address only and asks for its password', async () => {
    const [settings] = await query(
      server,
      "select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit, current_setting('listen_addresses') as listen, current_setting('TimeZone') as zone",
    )
    expect(settings).toEqual({ fsync: 'on', commit: 'on', listen: '127.0.0.1', zone: 'UTC' })
    const wrong = new URL(server.url)
    wrong.password = 'wrong'
    await expect(query({ url: wrong.href }, 'select 1')).rejects.toThrow(/password authentication failed/)
    expect(fs.statSync(path.join(data, 'postgres-password')).mode & 0o077).toBe(0)
  })

  it('adopts the server that runs on the data directory already', async () => {
    const again = await startPostgres({ data })
    expect(again).toMatchObject({ pid: server.pid, port: server.port, url: server.url, adopted: true })
  })

  it('keeps data, port and password after a stop', async () => {
    const before = server
    await server.stop()
    expect(isAlive(before.pid)).toBe(false)
    server = await startPostgres({ data })
    expect(server).toMatchObject({ url: before.url, adopted: false, created: false })
    expect(await kept()).toEqual([{ one: 1 }])
  })

  it('starts again after kill -9 and holds what was committed', async () => {
    const before = server
    process.kill(server.pid, 'SIGKILL')
    await waitForExit(server.pid, 5000)
    server = await startPostgres({ data, port: before.port })
    expect(server.pid).not.toBe(before.pid)
    expect(await kept()).toEqual([{ one: 1 }])
  })

  it('starts although a stale pid file names a running process of another program', async () => {
    await server.stop()
    const lines = [process.pid, server.cluster, 1, server.port, '', '127.0.0.1', '', 'ready']
    fs.writeFileSync(path.join(server.cluster, 'postmaster.pid'), lines.join('\n'))
    server = await startPostgres({ data })
    expect(server.adopted).toBe(false)
    expect(await kept()).toEqual([{ one: 1 }])
  })

  it('names the fix when the password is lost', async () => {
    await server.stop()
    const file = path.join(data, 'postgres-password')
    fs.renameSync(file, `${file}.aside`)
    await expect(startPostgres({ data })).rejects.toThrow(/^[^\n]*restore it, or remove [^\n]*$/)
    fs.renameSync(`${file}.aside`, file)
    server = await startPostgres({ data })
  })
})
