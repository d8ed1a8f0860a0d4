import { randomUUID } from 'node:crypto'
import request from 'supertest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { asPanel } from '../../db/tenant.js'
import { money } from '../../domain/money.js'
import { anEndedSession, aSession, claims, KEYS, type ReadingApi, startReadingApi } from './reading-support.js'

let api: ReadingApi
beforeAll(async () => {
  api = await startReadingApi()
})
afterAll(() => api.close())

const get = (path: string, key: string = KEYS.alpha) => request(api.app).get(path).set('x-api-key', key)

describe('GET /v1/sessions/{session_id}', () => {
  it('shows a session that is opening: no outcome, not payable, no price before the entry', async () => {
    const { sessionId } = await aSession(api.knex, { price: null, reward: null, shareMinor: null })
    const { body, status } = await get(`/v1/sessions/${sessionId}`)
    expect(status).toBe(200)
    expect(body).toMatchObject({
      session_id: sessionId,
      state: 'opening',
      outcome: null,
      grade: null,
      payable: false,
      provisional: false,
      needs_review: false,
      price: null,
      reward: { amount: 0, currency: 'points' },
      provider_session_id: null,
      custom_panel_data: { click: 'c-77' },
      workflow_id: `session:${sessionId}`,
    })
    expect(body.events.map((event: { type: string }) => event.type)).toEqual(['opening'])
  })

  it('shows a complete, its reversal and the events between, without internal fields', async () => {
    const at = new Date(Date.now() + 1_000)
    const { sessionId } = await anEndedSession(api.knex, at, { price: money(1_234, 'USD') })
    const paid = (await get(`/v1/sessions/${sessionId}`)).body
    expect(paid).toMatchObject({
      state: 'finished',
      outcome: 'COMPLETED',
      grade: 'E1',
      payable: true,
      price: { amount_minor: 1_234, currency: 'USD' },
      reward: { amount: 75, currency: 'points' },
      provider_session_id: `ks-${sessionId}`,
    })

    await claims(api.knex, sessionId, new Date(at.getTime() + 1_000), {
      source: 'postback',
      outcome: 'REJECTED',
      word: 'REJECTED',
      grade: 'E2',
    })
    const answer = await get(`/v1/sessions/${sessionId}`)
    expect(answer.body).toMatchObject({ outcome: 'REJECTED', payable: false, reward: { amount: 0 } })
    const claimed = answer.body.events.filter((event: { type: string }) => event.type === 'claim')
    expect(claimed).toEqual([
      {
        at: at.toISOString(),
        type: 'claim',
        source: 'return',
        kind: 'outcome',
        outcome: 'COMPLETED',
        word: 'COMPLETED',
        grade: 'E1',
        effect: 'finish',
        flags: [],
      },
      expect.objectContaining({ source: 'postback', outcome: 'REJECTED', effect: 'reverse', grade: 'E2' }),
    ])
    const stamps = answer.body.events.map((event: { at: string }) => event.at)
    expect(stamps).toEqual([...stamps].sort())
    expect(answer.body.events.map((event: { type: string }) => event.type)).toEqual(
      expect.arrayContaining(['opening', 'created', 'entered', 'finished']),
    )
    for (const secret of ['a name in it', '203.0.113.7', 'secret-agent', 'router.example'])
      expect(answer.text).not.toContain(secret)
  })

  it('shows delivery attempts as events', async () => {
    const { sessionId } = await anEndedSession(api.knex, new Date())
    const postback = await api.knex('postbacks').where({ session_id: sessionId }).first()
    const attempt = { postback_id: postback.postback_id, at: new Date(), status: 500, error: null, duration_ms: 3 }
    await api.knex('postback_attempts').insert(attempt)
    const { body } = await get(`/v1/sessions/${sessionId}`)
    expect(body.events.at(-1)).toEqual({
      at: attempt.at.toISOString(),
      type: 'postback',
      postback_id: postback.postback_id,
      message: 'session.outcome',
      status: 500,
      error: null,
    })
  })

  it("answers the same 404 for another panel's, an unknown and an invalid id", async () => {
    const { sessionId } = await aSession(api.knex, { panel: 'beta' })
    expect((await get(`/v1/sessions/${sessionId}`, KEYS.beta)).status).toBe(200)
    const bodies = []
    for (const id of [sessionId, randomUUID(), 'nothing', `${sessionId}x`, "'%20or%201=1", '%00']) {
      const answer = await get(`/v1/sessions/${id}`)
      expect(answer.status, id).toBe(404)
      bodies.push(answer.text)
    }
    expect(new Set(bodies).size).toBe(1)
  })

  it('is isolated by the database too: a query without its `where` returns own rows only', async () => {
    await aSession(api.knex, { panel: 'beta' })
    await aSession(api.knex, { panel: 'alpha' })
    const seen: { panel: string }[] = await asPanel(api.knex, 'beta', (trx) => trx('sessions').select('panel'))
    expect(new Set(seen.map((row) => row.panel))).toEqual(new Set(['beta']))
    await expect(asPanel(api.knex, 'beta', (trx) => trx('outcome_claims').select())).rejects.toThrow(
      /permission denied/,
    )
  })
})

describe('GET /v1/sessions', () => {
  const pages = async (query: string, key: string = KEYS.alpha): Promise<string[][]> => {
    const found: string[][] = []
    let cursor: string | null = null
    do {
      const { body, status } = await get(`/v1/sessions?${query}${cursor === null ? '' : `&cursor=${cursor}`}`, key)
      expect(status).toBe(200)
      found.push(body.sessions.map((session: { session_id: string }) => session.session_id))
      cursor = body.next_cursor
    } while (cursor !== null)
    return found
  }

  it('pages without loss or repeat when many sessions have equal timestamps', async () => {
    const day = '2031-03-01'
    const made: string[] = []
    for (let index = 0; index < 23; index++) {
      made.push(
        (await aSession(api.knex, { createdAt: new Date(`${day}T10:00:00.000Z`), surveyId: `sv_${index}` })).sessionId,
      )
    }
    // within one millisecond: a cursor with a JavaScript date would lose these
    for (const [index, id] of made.slice(0, 10).entries())
      await api
        .knex('sessions')
        .where({ session_id: id })
        .update({ created_at: `${day}T10:00:00.00000${index}Z` })

    const found = await pages(`from=${day}&to=2031-03-02&limit=3`)
    expect(found.map((page) => page.length)).toEqual([3, 3, 3, 3, 3, 3, 3, 2])
    expect(found.flat().toSorted()).toEqual(made.toSorted())
    const { rows } = await api.knex.raw(
      'select session_id from sessions where created_at::date = ? order by created_at desc, session_id desc',
      [day],
    )
    expect(found.flat()).toEqual(rows.map((row: { session_id: string }) => row.session_id))
  })

  it('filters by from ≤ t < to, outcome and panelist, within the own panel', async () => {
    const at = (stamp: string, given = {}) => aSession(api.knex, { createdAt: new Date(stamp), ...given })
    const first = await at('2032-05-01T00:00:00.000Z', { panelistId: 'p-a' })
    const second = await at('2032-05-01T23:59:59.999Z', { panelistId: 'p-b' })
    const third = await at('2032-05-02T00:00:00.000Z', { panelistId: 'p-a', surveyId: 'sv_2' })
    await at('2032-05-01T12:00:00.000Z', { panel: 'beta', panelistId: 'p-a' })
    const ids = (...sessions: { sessionId: string }[]) => [sessions.map((session) => session.sessionId)]

    expect(await pages('from=2032-05-01&to=2032-05-02')).toEqual(ids(second, first))
    expect(await pages('from=2032-05-01T00:00:00.001Z&to=2032-05-03')).toEqual(ids(third, second))
    expect(await pages(`from=${encodeURIComponent('2032-05-02T02:00:00+02:00')}&to=2032-05-03`)).toEqual(ids(third))
    expect(await pages('from=2032-05-02T00:00:00&to=2032-05-03')).toEqual(ids(third))
    expect(await pages('from=2032-05-01&to=2032-06-01&panelist_id=p-a')).toEqual(ids(third, first))
    expect(await pages('from=2032-05-01&to=2032-05-01')).toEqual([[]])

    const ended = await anEndedSession(
      api.knex,
      new Date('2033-01-01T00:00:00Z'),
      {},
      { outcome: 'QUOTA_FULL', word: 'x' },
    )
    await anEndedSession(api.knex, new Date('2033-01-01T00:00:00Z'))
    expect(await pages('from=2032-12-31&to=2033-01-02&outcome=QUOTA_FULL')).toEqual(ids(ended))
  })

  it.each([
    ['from', 'from=yesterday'],
    ['from', 'from=2026-02-30'],
    ['from', 'from=0000-01-01'],
    ['to', 'to=2026-01-01T25:00:00Z'],
    ['to', 'to=2026-01-01&to=2026-01-02'],
    ['outcome', 'outcome=completed'],
    ['panelist_id', 'panelist_id='],
    ['panelist_id', 'panelist_id=%00'],
    ['limit', 'limit=0'],
    ['limit', 'limit=501'],
    ['limit', 'limit=ten'],
    ['limit', 'limit=-1'],
    ['cursor', 'cursor=garbage'],
    ['cursor', `cursor=${Buffer.from('["2026-01-01T00:00:00.000000Z","x"]').toString('base64url')}`],
    ['cursor', `cursor=${Buffer.from(`["2026-99-01T00:00:00.000000Z","${randomUUID()}"]`).toString('base64url')}`],
    ['form', 'form=2026-01-01'],
  ])('refuses a bad %s (%s)', async (field, query) => {
    const answer = await get(`/v1/sessions?${query}`)
    expect(answer.status).toBe(400)
    expect(answer.body.errors.map((error: { field: string }) => error.field)).toEqual([field])
  })
})
