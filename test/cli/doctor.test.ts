import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkConnections } from '../../cli/doctor/connections.js'
import { clockFinding, skewOf } from '../../cli/doctor/database.js'
import { diskFinding, nodeVersion } from '../../cli/doctor/machine.js'
import { main } from '../../cli/main.js'
import { connectDatabase } from '../../db/connect.js'
import type { ConnectionOverview } from '../../db/read-models/connection-overview.js'
import { openConnection, settleConnection } from '../../db/stores/connection-store.js'
import { beat } from '../../db/stores/heartbeat-store.js'
import { createTestDatabase, type TestDatabase } from '../support/database.js'
import { connectTestTemporal, type SharedTemporal } from '../support/temporal.js'

const checkout = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const folder = mkdtempSync(join(tmpdir(), 'tributary-doctor-'))
let database: TestDatabase
let temporal: SharedTemporal
let connection: string

beforeAll(async () => {
  database = await createTestDatabase()
  temporal = await connectTestTemporal()
  connection = `k-${temporal.unique}`
  writeFileSync(
    join(folder, 'tributary.yaml'),
    `connections:\n  - { id: ${connection}, provider: kantar, supply_url: "https://supply.example", api_key: "k_0123456789" }\n`,
  )
})
afterAll(async () => {
  await temporal.close()
  await database.drop()
  rmSync(folder, { recursive: true })
})

async function run(env: Record<string, string>, args: string[] = []) {
  let [out, err] = ['', '']
  const code = await main(['doctor', ...args], {
    env: {
      TRIBUTARY_CONFIG: join(folder, 'tributary.yaml'),
      TRIBUTARY_DATA: folder,
      DATABASE_URL: database.url,
      TEMPORAL_ADDRESS: process.env.TEST_TEMPORAL_ADDRESS ?? '',
      ...env,
    },
    checkout,
    directory: folder,
    out: (text) => {
      out += text
    },
    err: (text) => {
      err += text
    },
  })
  const line = (part: string) => out.split('\n').filter((one) => one.slice(7).startsWith(part))
  return { code, out, err, line }
}

describe('tributary doctor', () => {
  it('prints a line per part, and for a queue without a worker the command that fixes it', async () => {
    await openConnection(database.knex, { connection, provider: 'kantar' })
    const { code, line } = await run({})
    expect(code).toBe(1)
    for (const part of [
      'Node.js',
      'configuration',
      'disk',
      'PostgreSQL',
      'clock',
      'schema',
      'invariants',
      'search attributes',
    ])
      expect(
        line(part).map((one) => one.slice(0, 5)),
        part,
      ).toEqual(['ok   '])
    expect(line(`connection ${connection}`)[0]).toMatch(/^ok .*starting, 0 surveys open/)
    expect(line('heartbeats').map((one) => one.slice(0, 5))).toEqual(['FAULT', 'FAULT'])
    const deserted = line('workers').filter((one) => one.includes(connection))
    expect(deserted.map((one) => one.replace(/ +/g, ' '))).toEqual([
      `FAULT workers no worker serves the activity queue supply-${connection} -> npm run worker -- --queues supply`,
      `FAULT workers no worker serves the activity queue entry-${connection} -> npm run worker -- --queues sessions`,
    ])
  })

  it('distinguishes a frozen worker from a running one by its last heartbeat', async () => {
    const queues = ['supply', 'sessions', 'postbacks', `supply-${connection}`, `entry-${connection}`]
    await beat(database.knex, { part: 'worker', process: 'here:1', queues })
    await beat(database.knex, { part: 'janitor', process: 'janitor', queues: [] })
    const heard = await run({})
    expect(heard.line('heartbeats').map((one) => one.slice(0, 5))).toEqual(['ok   ', 'ok   '])
    await database.knex.raw(`update heartbeats set heard_at = heard_at - interval '76 seconds'`)
    const silent = await run({})
    expect(silent.code).toBe(1)
    expect(silent.line('heartbeats')[0]).toMatch(
      /^FAULT .*supply: no heartbeat for 7\d s.*-> check whether a worker hangs, or start one: npm run worker -- --queues supply,sessions$/,
    )
    expect(silent.line('heartbeats')[1]).toMatch(/^FAULT .*the janitor: no heartbeat for 7\d s/)
  })

  it('continues when a part is down, and prints how to start it', async () => {
    const { code, line } = await run({
      DATABASE_URL: 'postgres://nobody:secret@127.0.0.1:1/x',
      TEMPORAL_ADDRESS: '127.0.0.1:1',
    })
    expect(code).toBe(1)
    expect(line('PostgreSQL')[0]).toMatch(/^FAULT.*-> start it/)
    expect(line('Temporal')[0]).toMatch(/^FAULT.*-> start it/)
    expect(line('PostgreSQL')[0]).not.toContain('secret')
    const nothing = await run({ DATABASE_URL: '', TEMPORAL_ADDRESS: '' })
    expect(nothing.line('PostgreSQL')[0]).toMatch(/no address is known -> npm start/)
    expect(nothing.line('Temporal')[0]).toMatch(/no address is known -> npm start/)
  })

  it('prints missing migrations, and one line per configuration fault', async () => {
    const owner = connectDatabase({ url: database.url, applicationName: 'test', asOwner: true, poolSize: 1 })
    const name = `${new URL(database.url).pathname.slice(1)}_bare`
    await owner.raw('create database ??', [name])
    try {
      const bare = await run({ DATABASE_URL: database.url.replace(/\/[^/]+$/, `/${name}`) })
      expect(bare.line('schema')[0]).toMatch(/^FAULT.*-> npm run migrate/)
    } finally {
      await owner.raw('drop database ?? with (force)', [name])
      await owner.destroy()
    }
    writeFileSync(join(folder, 'broken.yaml'), 'limits: { burst: 0 }\nfoo: 1\n')
    const broken = await run({ TRIBUTARY_CONFIG: join(folder, 'broken.yaml') })
    expect(broken.line('configuration').map((one) => /(limits\.burst|foo):/.exec(one)?.[1])).toEqual([
      'limits.burst',
      'foo',
    ])
  })

  it('prints a broken invariant, and everything as JSON', async () => {
    const owner = connectDatabase({ url: database.url, applicationName: 'test', asOwner: true, poolSize: 1 })
    await owner.raw(`alter table connections drop constraint no_ack_before_commit`)
    await owner('connections').where({ connection }).update({ acked_id: 5, committed_id: 1 })
    const { out } = await run({}, ['--json'])
    await owner.destroy()
    const { findings } = JSON.parse(out)
    expect(findings.filter((one: { part: string }) => one.part === 'invariants')).toEqual([
      expect.objectContaining({ state: 'fault', wayOut: 'npm run invariants' }),
    ])
  })
})

describe('where there are buyers', () => {
  it('their plans are a connection with a queue of its own', async () => {
    const file = join(folder, 'buyers.yaml')
    writeFileSync(file, 'demand_partners: [{ id: acme, api_key: dk_acme_0123456789 }]\n')
    await database.knex('connections').where({ connection: 'gateway' }).delete()
    const never = await run({ TRIBUTARY_CONFIG: file })
    expect(never.line('configuration')[0]).toMatch(/0 connections, 0 panels, 1 demand partners, 0 survey platforms$/)
    expect(never.line('connection gateway')[0]).toMatch(/^warn .*was never opened by a worker -> start a worker/)
    expect(never.line('workers').filter((one) => one.includes('gateway'))).toEqual([
      expect.stringMatching(/^FAULT +workers +no worker serves the activity queue entry-gateway ->/),
    ])
    await openConnection(database.knex, { connection: 'gateway', provider: 'gateway' })
    await settleConnection(database.knex, 'gateway', new Date())
    expect((await run({ TRIBUTARY_CONFIG: file })).line('connection gateway')[0]).toMatch(
      /^ok .*healthy, 0 plans of our buyers open/,
    )
  })
})

describe('the findings of doctor', () => {
  it('measure clock skew without the round trip', () => {
    expect([skewOf(150, 100, 200), skewOf(50, 100, 200), skewOf(260, 100, 200)]).toEqual([0, -50, 60])
    expect([0, -999, 1_000, -29_000, 30_000].map((skew) => clockFinding(skew).state)).toEqual([
      'ok',
      'ok',
      'warn',
      'warn',
      'fault',
    ])
  })

  it('grade free disk space and the version of Node.js', () => {
    expect([3, 1, 0.2].map((gb) => diskFinding('/', gb * 1024 ** 3).state)).toEqual(['ok', 'warn', 'fault'])
    expect(['20.19.0', '22.1.0', '20.18.9', '18.20.0'].map((one) => nodeVersion(one).state)).toEqual([
      'ok',
      'ok',
      'fault',
      'fault',
    ])
  })

  it('grade a connection by what an operator has to do', () => {
    const now = new Date('2026-01-01T12:00:00Z')
    const one = { id: 'c', provider: 'kantar', supply: 'polled', pollEveryMs: 12_000, staleAfter: 900_000 } as const
    const row = (given: Partial<ConnectionOverview>) =>
      ({
        connection: 'c',
        state: 'healthy',
        reason: null,
        paused: false,
        failStreak: 0,
        lastAttemptAt: null,
        nextPollAt: null,
        lastSuccessAt: new Date(now.getTime() - 10_000),
        surveysOpen: 3,
        quarantined: 0,
        ...given,
      }) as ConnectionOverview
    const grade = (
      given: Partial<ConnectionOverview>,
      configured: Parameters<typeof checkConnections>[0][number] = one,
    ) => checkConnections([configured], [row(given)], now)[0]?.state
    const old = new Date(now.getTime() - 901_000)
    expect(grade({})).toBe('ok')
    expect(grade({ quarantined: 1 })).toBe('warn')
    // its own state is 61 s old
    expect(grade({ lastSuccessAt: new Date(now.getTime() - 61_000) })).toBe('fault')
    expect(grade({ state: 'degraded', reason: 'answered 500', failStreak: 2 })).toBe('warn')
    expect(grade({ state: 'blocked', reason: 'answered 401' })).toBe('fault')
    expect(grade({ state: 'degraded', lastSuccessAt: old })).toBe('fault')
    expect(grade({ paused: true, state: 'paused', lastSuccessAt: old })).toBe('warn')
    expect(grade({ lastSuccessAt: old }, { ...one, supply: 'asked' })).toBe('ok')
    const own = { id: 'gateway', provider: 'gateway', supply: 'own', pollEveryMs: null, staleAfter: 0 } as const
    expect(checkConnections([own], [row({ connection: 'gateway', lastSuccessAt: null })], now)[0]).toMatchObject({
      state: 'ok',
      found: 'healthy, 3 plans of our buyers open',
    })
    expect(grade({ connection: 'gateway', paused: true, state: 'paused' }, own)).toBe('warn')
    expect(checkConnections([one], [], now)[0]?.state).toBe('warn')
    expect(checkConnections([], [], now)[0]?.state).toBe('warn')
  })
})
