import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { programArguments } from '../support/programs.js'
import { acknowledge, eventually, type FeedItem, poll, postJson, startListener } from './support.js'

let data: string
const children: ChildProcess[] = []
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'sandbox-'))
})
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  rmSync(data, { recursive: true, force: true })
})

async function startProcess(environment: Record<string, string> = {}) {
  const child = spawn(process.execPath, programArguments('sandbox/main.ts'), {
    env: {
      PATH: process.env.PATH,
      SANDBOX_PORT: '0',
      SANDBOX_TICK: '0',
      SANDBOX_LAUNCH: 'off',
      SANDBOX_PLANS: '20',
      TRIBUTARY_DATA: data,
      ...environment,
    },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  children.push(child)
  let errors = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    errors += chunk.toString()
  })
  const [message] = await Promise.race([once(child, 'message'), once(child, 'exit').then(() => [undefined])])
  const ready = message as { event: string; port: number } | undefined
  return { child, ready, base: `http://127.0.0.1:${ready?.port}`, errors: () => errors }
}

async function stop(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  const ended = once(child, 'exit')
  child.kill(signal)
  return ((await ended) as [number | null])[0]
}

/** The saved cursors of the suppliers, which the sandbox would read after a crash. */
function savedCursors(): unknown[] {
  const file = join(data, 'sandbox', 'kantar.json')
  if (!existsSync(file)) return []
  const { cursors } = JSON.parse(readFileSync(file, 'utf8')) as { cursors: Record<string, number> }
  return Object.values(cursors)
}

const enterable = (items: FeedItem[]) =>
  items.find(
    ({ survey_plan: plan, survey_session_creation_url: url }) =>
      url && plan.status === 'OPEN' && plan.quotas.length === 0,
  )

describe('the sandbox as a process', () => {
  test('announces its port, shuts down, and continues from its saved state', async () => {
    const first = await startProcess()
    expect(first.ready).toMatchObject({ event: 'ready', port: expect.any(Number) })
    const items = await poll(first.base)
    await acknowledge(first.base, items.at(-1)?.ack_id)
    const keys = await (await fetch(`${first.base}/kantar/.well-known/jwks.json`)).json()
    const created = await postJson(enterable(items)?.survey_session_creation_url ?? '', { panelist_id: 'p' })
    const { url } = (await created.json()) as { url: string }
    expect(await stop(first.child, 'SIGTERM')).toBe(0)

    const second = await startProcess()
    expect(await poll(second.base)).toEqual([])
    expect(await (await fetch(`${second.base}/kantar/.well-known/jwks.json`)).json()).toEqual(keys)
    const survey = await fetch(`${second.base}${new URL(url).pathname}`)
    expect(survey.status).toBe(200)
    expect(await stop(second.child, 'SIGINT')).toBe(0)
  }, 240_000)

  test('after a crash keeps sessions, resends postbacks, and resends plans with higher ack_ids', async () => {
    let taken = false
    const tributary = await startListener(() => ({ status: taken ? 204 : 503 }))
    const first = await startProcess({ TRIBUTARY_API_URL: tributary.url })
    const items = await poll(first.base)
    await acknowledge(first.base, items.at(-1)?.ack_id)
    const created = await postJson(enterable(items)?.survey_session_creation_url ?? '', { panelist_id: 'p' })
    const { url } = (await created.json()) as { url: string }
    await fetch(`${url}?auto=COMPLETED`, { redirect: 'manual' })
    // it saves once per second; this test is not about what it may lose in a crash
    await eventually(() => savedCursors().includes(items.at(-1)?.ack_id))
    await stop(first.child, 'SIGKILL')
    taken = true
    const before = tributary.heard.length

    const second = await startProcess({ TRIBUTARY_API_URL: tributary.url })
    await eventually(() => tributary.heard.length > before)
    const again = await poll(second.base)
    expect(new Set(again.map((item) => item.survey_plan.id))).toEqual(new Set(items.map((item) => item.survey_plan.id)))
    expect(Math.min(...again.map((item) => item.ack_id))).toBeGreaterThan(items.at(-1)?.ack_id ?? 0)
  }, 240_000)

  test('reports a wrong port or setting in one line', async () => {
    const taken = new URL((await startListener(() => ({ status: 204 }))).url).port
    const [first, second] = await Promise.all([
      startProcess({ SANDBOX_PORT: taken, TRIBUTARY_DATA: '' }),
      startProcess({ SANDBOX_PLANS: 'many' }),
    ])
    expect(first.ready).toBeUndefined()
    await eventually(() => first.errors().includes('SANDBOX_PORT'))
    expect(first.errors().trim().split('\n')).toHaveLength(1)
    await eventually(() => second.errors().includes('SANDBOX_PLANS'))
    expect([first.child.exitCode, second.child.exitCode]).toEqual([1, 1])
  }, 240_000)
})
