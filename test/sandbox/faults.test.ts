import { beforeEach, describe, expect, test } from 'vitest'
import type { Sandbox } from '../../sandbox/server.js'
import {
  acknowledge,
  eventually,
  KEY,
  OPEN_PLAN,
  openSession,
  planUrl,
  poll,
  postJson,
  startListener,
  startSandbox,
} from './support.js'

let sandbox: Sandbox & { base: string }
beforeEach(async () => {
  sandbox = await startSandbox({ kantar: { plans: 40 } })
})

function switchFaults(method: string, body?: unknown): Promise<Response> {
  return fetch(`${sandbox.base}/_sandbox/faults`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
}
const feed = () => fetch(`${sandbox.base}/kantar/supply/surveys`, { headers: KEY })

describe('the switches', () => {
  test('list the endpoints, replace with PUT, add with PATCH, clear with DELETE', async () => {
    const shown = async (response: Promise<Response>) =>
      (await (await response).json()) as { endpoints: string[]; faults: object }
    const { endpoints } = await shown(switchFaults('GET'))
    expect(endpoints.filter((name) => name.startsWith('kantar.')).sort()).toEqual([
      'kantar.ack',
      'kantar.entry',
      'kantar.feed',
      'kantar.postback',
      'kantar.session',
    ])
    // every provider of the sandbox has switches of its own, and so has the survey platform
    expect(new Set(endpoints.map((name) => name.split('.')[0]))).toEqual(
      new Set(['kantar', 'dynata', 'purespectrum', 'toluna', 'platform']),
    )
    await switchFaults('PUT', { 'kantar.feed': { status: 500 } })
    expect((await shown(switchFaults('PATCH', { 'kantar.ack': { hang: true } }))).faults).toEqual({
      'kantar.feed': { status: 500 },
      'kantar.ack': { hang: true },
    })
    expect((await shown(switchFaults('PATCH', { 'kantar.feed': null }))).faults).toEqual({
      'kantar.ack': { hang: true },
    })
    expect((await shown(switchFaults('PUT', { 'kantar.entry': { latency_ms: 5 } }))).faults).toEqual({
      'kantar.entry': { latency_ms: 5 },
    })
    expect((await shown(switchFaults('DELETE'))).faults).toEqual({})
  })

  test.each([
    [{ 'kantar.nothing': { hang: true } }],
    [{ 'kantar.feed': { sleepy: true } }],
    [{ 'kantar.feed': { status: 99 } }],
  ])('refuse %j and do not change', async (body) => {
    await switchFaults('PUT', { 'kantar.ack': { status: 500 } })
    expect((await switchFaults('PUT', body)).status).toBe(400)
    expect(sandbox.faults.all()).toEqual({ 'kantar.ack': { status: 500 } })
  })

  test('a rule with a count is used up, and the journal has its uses', async () => {
    sandbox.faults.set('kantar.feed', { status: 429, retry_after: 7, count: 2 })
    const first = await feed()
    expect([first.status, first.headers.get('retry-after')]).toEqual([429, '7'])
    expect(await first.json()).toMatchObject({ code: '429', success: false })
    expect((await feed()).status).toBe(429)
    expect((await feed()).status).toBe(200)
    expect(sandbox.journal.read({ kind: 'fault' })).toHaveLength(2)
  })

  test('a rule with a probability affects a share of the requests', async () => {
    sandbox.faults.set('kantar.ack', { status: 500, probability: 0.5 })
    const statuses: number[] = []
    for (let times = 0; times < 60; times++) statuses.push(await acknowledge(sandbox.base, 1))
    const struck = statuses.filter((status) => status === 500).length
    expect(struck).toBeGreaterThan(15)
    expect(struck).toBeLessThan(45)
  })
})

describe('a fault of an answer', () => {
  test('latency', async () => {
    sandbox.faults.set('kantar.feed', { latency_ms: 300 })
    const began = performance.now()
    expect((await feed()).status).toBe(200)
    expect(performance.now() - began).toBeGreaterThan(290)
  })

  test('hang', async () => {
    sandbox.faults.set('kantar.feed', { hang: true })
    const answer = fetch(`${sandbox.base}/kantar/supply/surveys`, { headers: KEY, signal: AbortSignal.timeout(300) })
    await expect(answer).rejects.toThrow('timeout')
  })

  test('a body that ends early without an error', async () => {
    sandbox.faults.set('kantar.feed', { cut: 0.5, count: 1 })
    const text = await (await feed()).text()
    expect(() => JSON.parse(text)).toThrow()
    expect(text.length).toBeGreaterThan(1_000)
    expect(await (await feed()).json()).toHaveLength(40)
  })

  test('a connection that breaks in the body', async () => {
    sandbox.faults.set('kantar.feed', { cut_connection: 0.5, count: 1 })
    const answer = await feed()
    expect(answer.status).toBe(200)
    await expect(answer.text()).rejects.toThrow()
  })

  test('a reset before the request is handled: the ack is not applied', async () => {
    const items = await poll(sandbox.base)
    sandbox.faults.set('kantar.ack', { reset: true, count: 1 })
    await expect(acknowledge(sandbox.base, items.at(-1)?.ack_id)).rejects.toThrow()
    expect(await poll(sandbox.base)).toHaveLength(40)
  })

  test('a lost answer: the ack is applied', async () => {
    const items = await poll(sandbox.base)
    sandbox.faults.set('kantar.ack', { lost_answer: true, count: 1 })
    await expect(acknowledge(sandbox.base, items.at(-1)?.ack_id)).rejects.toThrow()
    expect(await poll(sandbox.base)).toEqual([])
  })

  test('a lost answer of a session creation leaves a session behind', async () => {
    sandbox.kantar.plans.put(OPEN_PLAN)
    sandbox.faults.set('kantar.session', { lost_answer: true, count: 1 })
    await expect(postJson(planUrl(sandbox, OPEN_PLAN.id), { panelist_id: 'p' })).rejects.toThrow()
    await openSession(sandbox, { panelist_id: 'p' })
    expect(sandbox.kantar.sessions.size).toBe(2)
  })

  test('another content type and another body', async () => {
    sandbox.faults.set('kantar.feed', { content_type: 'text/html', body: '<html>Maintenance</html>' })
    const answer = await feed()
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html'])
    expect(await answer.text()).toBe('<html>Maintenance</html>')
  })
})

describe('a fault of a feed', () => {
  test('duplicates and disorder keep every item', async () => {
    const items = await poll(sandbox.base)
    sandbox.faults.set('kantar.feed', { duplicates: 0.3, reorder: true })
    const mixed = await poll(sandbox.base)
    expect(mixed.length).toBeGreaterThan(items.length)
    const ackIds = mixed.map((item) => item.ack_id)
    expect(ackIds).not.toEqual([...ackIds].sort((one, other) => one - other))
    expect(new Set(ackIds)).toEqual(new Set(items.map((item) => item.ack_id)))
  })

  test('drift breaks a constant share of the plans and does not change the others', async () => {
    const good = new Map((await poll(sandbox.base)).map((item) => [item.ack_id, item]))
    sandbox.faults.set('kantar.feed', { drift: 0.4 })
    const drifted = await poll(sandbox.base)
    const broken = drifted.filter((item) => JSON.stringify(item) !== JSON.stringify(good.get(item.ack_id)))
    expect(broken.length).toBeGreaterThan(5)
    expect(broken.length).toBeLessThan(30)
    expect(await poll(sandbox.base)).toEqual(drifted)
  })

  test('plans that had drifted are sent again correctly once the fault is cleared', async () => {
    const good = await poll(sandbox.base)
    sandbox.faults.set('kantar.feed', { drift: 1, drift_kinds: ['missing_price'] })
    const drifted = await poll(sandbox.base)
    expect(drifted.every((item) => !('pricing' in item.survey_plan))).toBe(true)
    await acknowledge(sandbox.base, drifted.at(-1)?.ack_id)
    sandbox.faults.clear()
    const mended = await poll(sandbox.base)
    expect(mended.map((item) => item.survey_plan)).toEqual(good.map((item) => item.survey_plan))
  })
})

describe('a fault of a postback', () => {
  test('lost once, sent with the next attempt; sent twice', async () => {
    const tributary = await startListener(() => ({ status: 204 }))
    sandbox.setApiUrl(tributary.url)
    sandbox.kantar.plans.put(OPEN_PLAN)
    sandbox.faults.set('kantar.postback', { reset: true, count: 1 })
    await fetch(await openSession(sandbox).then((url) => `${url}?auto=COMPLETED`), { redirect: 'manual' })
    await eventually(() => tributary.heard.length === 1)
    sandbox.faults.set('kantar.postback', { duplicates: 1, count: 1 })
    await fetch(await openSession(sandbox).then((url) => `${url}?auto=COMPLETED`), { redirect: 'manual' })
    await eventually(() => tributary.heard.length === 3)
    expect(tributary.heard[1]?.body).toBe(tributary.heard[2]?.body)
  })
})
