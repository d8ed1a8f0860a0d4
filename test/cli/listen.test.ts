import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MessageFollower } from '../../cli/listen/follow.js'
import { main } from '../../cli/main.js'
import { createTestDatabase, type TestDatabase } from '../support/database.js'
import { type Listener, startListener } from '../support/listener.js'
import { aClaim, enteredSession, settled, stock } from '../support/sessions.js'

const checkout = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const folder = mkdtempSync(join(tmpdir(), 'tributary-listen-'))
const file = join(folder, 'mine.yaml')
let database: TestDatabase
let server: Listener

beforeAll(async () => {
  ;[database, server] = await Promise.all([createTestDatabase(), startListener()])
  await stock(database.knex)
  const panel = (id: string) => `
  - id: ${id}
    api_key: "tk_${id}_0001"
    markets: { USA: { locales: [en-US], currency: USD } }
    redirects: { default: "https://app.example/done" }`
  writeFileSync(
    file,
    `panels:${panel('lifepoints')}\n    postback: { url: "https://app.example/hooks", secret: "${SECRET}" }${panel('silent')}\n`,
  )
})
afterAll(async () => {
  await server.close()
  await database.drop()
  rmSync(folder, { recursive: true })
})

async function message(panel = 'lifepoints'): Promise<string> {
  const { session_id } = await enteredSession(database.knex, { panel })
  const { applied } = await settled(database.knex, session_id, aClaim('COMPLETED'))
  return applied.postbackIds[0] ?? ''
}

async function run(args: string[], env: Record<string, string> = {}) {
  let err = ''
  const write = (text: string) => {
    err += text
  }
  const code = await main(['listen', ...args], { env, checkout, directory: folder, out: write, err: write })
  return { code, err }
}
const TO = ['--forward-to', 'http://localhost:3000/hooks']

describe('tributary listen', () => {
  it.each([
    [['--forward-to', 'http://localhost:1/x'], '--panel is missing'],
    [['--panel', 'lifepoints'], '--forward-to is missing'],
    [['--panel', 'lifepoints', '--forward-to', 'https://app.example/hooks'], 'on this machine'],
    [['--panel', 'lifepoints', '--forward-to', 'localhost:3000'], 'on this machine'],
    [['--panel', 'lifepoints', ...TO, '--since', 'yesterday'], '--since'],
    [['--panels', 'lifepoints', ...TO], '--panels'],
  ])('%j is one line with an example, and exit code 2', async (args, line) => {
    const { code, err } = await run(args)
    expect(code).toBe(2)
    expect(err).toContain(line)
    expect(err).toMatch(/^tributary listen: [^\n]*example: [^\n]*\n$/)
  })

  it('exits 1 when nothing runs, the panel is unknown or has no postback', async () => {
    const nothing = await run(['--panel', 'lifepoints', ...TO])
    expect(nothing).toMatchObject({ code: 1, err: expect.stringMatching(/no Tributary runs on .*npm start/) })
    const env = { DATABASE_URL: database.url, TRIBUTARY_CONFIG: file }
    const unknown = await run(['--panel', 'nobody', ...TO], env)
    expect(unknown).toMatchObject({
      code: 1,
      err: expect.stringMatching(/panel "nobody" not found.*lifepoints, silent/),
    })
    const silent = await run(['--panel', 'silent', ...TO], env)
    expect(silent).toMatchObject({ code: 1, err: expect.stringMatching(/silent has no postback.*example/) })
  })

  it('posts each signed message once, waits for a server that is down, changes no delivery', async () => {
    const before = await message()
    // the file that npm start writes, with this process as the supervisor
    const data = join(folder, 'data')
    const addresses = { database_url: database.url, configuration: file, sandbox: null, added_sandbox: null }
    mkdirSync(data)
    writeFileSync(join(data, 'processes.json'), JSON.stringify({ supervisor: process.pid, addresses, processes: [] }))
    const { port } = new URL(server.url)
    await server.close()
    const child = spawn(
      process.execPath,
      ['cli/tributary.mjs', 'listen', '--panel', 'LifePoints', '--forward-to', `http://localhost:${port}/mine`],
      { cwd: checkout, env: { PATH: process.env.PATH, TRIBUTARY_DATA: data }, stdio: ['ignore', 'pipe', 'inherit'] },
    )
    let said = ''
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
    try {
      await expect.poll(() => said).toMatch(/^Forwarding the postbacks of lifepoints to http:\/\/localhost:\d+\/mine/)
      const [id] = [await message(), await message('toplife')]
      await expect.poll(() => said).toMatch(/nothing answers at http:\/\/localhost:\d+ \(ECONNREFUSED\); trying again/)
      server = await startListener(Number(port))
      await expect.poll(() => said).toMatch(new RegExp(`session\\.outcome ${id} -> 204 in \\d+ ms\\n`))
      const second = await message()
      await expect.poll(() => said).toContain(`${second} -> 204`)

      expect(server.heard.map(({ path, headers }) => [path, headers['webhook-id']])).toEqual([
        ['/mine', id],
        ['/mine', second],
      ])
      const [heard] = server.heard
      const told = new Webhook(SECRET).verify(heard?.body ?? '', heard?.headers as Record<string, string>)
      expect(told).toMatchObject({ type: 'session.outcome', data: { outcome: 'COMPLETED' } })
      const rows = await database.knex('postbacks').select('state', 'attempts')
      expect(rows).toHaveLength(4)
      for (const row of rows) expect(row).toEqual({ state: 'pending', attempts: 0 })
      expect(said).not.toContain(before)
      expect(said).not.toContain(SECRET)
    } finally {
      child.kill('SIGINT')
    }
    expect(await once(child, 'exit')).toEqual([0, null])
  })
})

describe('following', () => {
  it('starts at the given time, pages, and includes messages that commit late', async () => {
    const all: string[] = []
    const take = async ({ postbackId }: { postbackId: string }) => void all.push(postbackId)
    const follower = await MessageFollower.start(database.knex, 'lifepoints', 3_600_000)
    await follower.look(take)
    const old = all.length
    expect(old).toBeGreaterThanOrEqual(3)
    const late = await message()
    // as a transaction that began half a minute ago would leave it
    await database.knex.raw(`update postbacks set created_at = now() - interval '30 seconds' where postback_id = ?`, [
      late,
    ])
    const next = await message()
    await follower.look(take)
    await follower.look(take)
    expect(all.slice(old)).toEqual([late, next])
  })
})
