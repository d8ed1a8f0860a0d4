import { describe, expect, test } from 'vitest'
import { acknowledge, KEY, OPEN_PLAN, poll, startSandbox } from './support.js'

describe('the feed of updates since the last acknowledgement', () => {
  test('two polls without an ack are identical, byte for byte', async () => {
    const { base } = await startSandbox()
    const read = async () => (await fetch(`${base}/kantar/supply/surveys`, { headers: KEY })).text()
    const first = await read()
    expect(await read()).toBe(first)
    expect(JSON.parse(first)).toHaveLength(30)
  })

  test('is in the order of ack_id and has each plan once', async () => {
    const sandbox = await startSandbox()
    for (let times = 0; times < 20; times++) sandbox.kantar.ticker.tick()
    const items = await poll(sandbox.base)
    const ackIds = items.map((item) => item.ack_id)
    expect(ackIds).toEqual([...ackIds].sort((one, other) => one - other))
    expect(new Set(items.map((item) => item.survey_plan.id)).size).toBe(items.length)
  })

  test('after an ack brings only what changed, each in its newest version', async () => {
    const sandbox = await startSandbox()
    const before = await poll(sandbox.base)
    expect(await acknowledge(sandbox.base, before.at(-1)?.ack_id)).toBe(204)
    expect(await poll(sandbox.base)).toEqual([])

    const { plans } = sandbox.kantar
    const [changed] = before
    const id = changed?.survey_plan.id ?? ''
    plans.change(id, { status: 'PAUSED' })
    plans.change(id, { status: 'CLOSED', loi: 44 })
    const [update, ...others] = await poll(sandbox.base)
    expect(others).toEqual([])
    expect(update?.survey_plan).toMatchObject({ id, status: 'CLOSED', loi: 44 })
    expect(update?.version).not.toBe(changed?.version)
    expect(update?.ack_id).toBeGreaterThan(before.at(-1)?.ack_id ?? 0)
  })

  test('keeps the rest after a partial ack; a lower ack does not move back', async () => {
    const { base } = await startSandbox()
    const items = await poll(base)
    expect(await acknowledge(base, items[9]?.ack_id)).toBe(204)
    expect(await poll(base)).toEqual(items.slice(10))
    expect(await acknowledge(base, items[2]?.ack_id)).toBe(204)
    expect(await poll(base)).toEqual(items.slice(10))
  })

  test.each([
    ['a future id', Number.MAX_SAFE_INTEGER],
    ['a text', 'newest'],
    ['nothing', undefined],
    ['a fraction', 1.5],
  ])('refuses %s as ack and keeps the cursor', async (_name, ackId) => {
    const { base } = await startSandbox()
    expect(await acknowledge(base, ackId)).toBe(400)
    expect(await poll(base)).toHaveLength(30)
  })

  test.each([
    ['x-api-key', { 'x-api-key': 'kantar-sandbox-key' }, 200],
    ['a bare authorization', { authorization: 'kantar-sandbox-key' }, 200],
    ['a bearer authorization', { authorization: 'Bearer kantar-sandbox-key' }, 200],
    ['a wrong key', { 'x-api-key': 'other' }, 401],
    ['no key', {}, 401],
  ])('with %s', async (_name, headers, status) => {
    const { base } = await startSandbox()
    const response = await fetch(`${base}/kantar/supply/surveys`, { headers: headers as Record<string, string> })
    expect(response.status).toBe(status)
    const body = await response.json()
    if (status === 401)
      expect(body).toEqual({ code: '401', message: 'Access token is missing or invalid', success: false })
  })

  test('has cursors, session URLs and restricted plans per supplier', async () => {
    const accounts = [
      { apiKey: 'one', panelId: 'panel-1', connection: 'c-1' },
      { apiKey: 'two', panelId: 'panel-2', connection: 'c-2' },
    ]
    const { base } = await startSandbox({ kantar: { plans: 200, accounts } })
    const first = await poll(base, { 'x-api-key': 'one' })
    expect(await acknowledge(base, first.at(-1)?.ack_id, { 'x-api-key': 'one' })).toBe(204)
    expect(await poll(base, { 'x-api-key': 'one' })).toEqual([])

    const second = await poll(base, { 'x-api-key': 'two' })
    const ids = (items: typeof first) => new Set(items.map((item) => item.survey_plan.id))
    expect([...ids(first)].filter((id) => !ids(second).has(id)).length).toBeGreaterThan(5)
    expect([...ids(second)].filter((id) => !ids(first).has(id)).length).toBeGreaterThan(5)
    expect(new Set([...ids(first), ...ids(second)]).size).toBe(200)
    expect(second.every((item) => item.survey_session_creation_url?.includes('/panels/panel-2/') ?? true)).toBe(true)
  })

  test('has a plan that was put by hand in the next poll, even a broken one', async () => {
    const { base } = await startSandbox({ kantar: { plans: 0 } })
    const put = (path: string, body: unknown) =>
      fetch(`${base}/_sandbox/plans/${path}`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    expect((await put('mine', { loi: 11, country: 'GBR' })).status).toBe(200)
    expect((await put('broken?raw=1', { id: 7 })).status).toBe(200)
    expect((await put('refused', { status: 'SOFT' })).status).toBe(400)
    const items = await poll(base)
    expect(items.map((item) => item.survey_plan)).toMatchObject([{ id: 'mine', loi: 11, country: 'GBR' }, { id: 7 }])
  })

  test('is logged in the journal as served and acknowledged', async () => {
    const sandbox = await startSandbox({ kantar: { plans: 0 } })
    sandbox.kantar.plans.put(OPEN_PLAN)
    const [item] = await poll(sandbox.base)
    await acknowledge(sandbox.base, item?.ack_id)
    await poll(sandbox.base)
    const { entries } = (await (await fetch(`${sandbox.base}/_sandbox/journal`)).json()) as {
      entries: { kind: string; details: object }[]
    }
    expect(entries.map(({ kind, details }) => ({ kind, ...details }))).toMatchObject([
      { kind: 'kantar.polled', items: 1, plans: ['by-hand'], highest_ack_id: item?.ack_id },
      { kind: 'kantar.acked', ack_id: item?.ack_id, cursor: item?.ack_id },
      { kind: 'kantar.polled', items: 0, cursor: item?.ack_id },
    ])
  })
})
