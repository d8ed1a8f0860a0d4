import { randomUUID } from 'node:crypto'
import request from 'supertest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { recordAttempt } from '../../commands/postbacks/record-attempt.js'
import { anEndedSession, claims, KEYS, type ReadingApi, startReadingApi } from './reading-support.js'

let api: ReadingApi
beforeAll(async () => {
  api = await startReadingApi()
})
afterAll(() => api.close())

const get = (query: string, key: string = KEYS.alpha) =>
  request(api.app).get(`/v1/postbacks${query}`).set('x-api-key', key)
const redeliver = (id: string, key: string = KEYS.alpha) =>
  request(api.app).post(`/v1/postbacks/${id}/redeliver`).set('x-api-key', key)

describe('postbacks', () => {
  it('lists the messages about a session in their order with every attempt', async () => {
    const at = new Date()
    const { sessionId } = await anEndedSession(api.knex, at)
    await claims(api.knex, sessionId, new Date(at.getTime() + 1_000), { outcome: 'REJECTED', grade: 'E2' })
    const before = await get(`?session_id=${sessionId}`)
    expect(before.status).toBe(200)
    expect(before.body.postbacks).toMatchObject([
      { type: 'session.outcome', session_id: sessionId, state: 'pending', attempts: [] },
      { type: 'session.adjusted', session_id: sessionId, state: 'pending', attempts: [] },
    ])

    const { id } = before.body.postbacks[0]
    const failed = { at, status: 503, error: 'answered 503', bodyHead: 'busy', durationMs: 4 }
    const good = { at: new Date(at.getTime() + 5_000), status: 204, error: null, bodyHead: '', durationMs: 4 }
    await recordAttempt(api.knex, id, failed, { state: 'pending', ownedUntil: at })
    await recordAttempt(api.knex, id, good, { state: 'delivered', ownedUntil: at })
    const { body } = await get(`?session_id=${sessionId}`)
    expect(body.postbacks[0]).toEqual({
      id,
      type: 'session.outcome',
      session_id: sessionId,
      state: 'delivered',
      attempts: [
        { at: failed.at.toISOString(), status: 503, error: 'answered 503', body_head: 'busy' },
        { at: good.at.toISOString(), status: 204, error: null, body_head: '' },
      ],
    })
    expect(body.postbacks[1].attempts).toEqual([])
  })

  it('redelivers a delivered and a dead message under the same id, a new redelivery each time', async () => {
    const { sessionId } = await anEndedSession(api.knex, new Date())
    const { id } = (await get(`?session_id=${sessionId}`)).body.postbacks[0]
    for (const [state, times] of [
      ['delivered', 1],
      ['dead', 2],
    ] as const) {
      await api.knex('postbacks').where({ postback_id: id }).update({ state })
      const answer = await redeliver(id)
      expect(answer.status).toBe(202)
      expect(answer.body).toEqual({ id, state: 'pending' })
      expect(api.redelivered.at(-1)).toEqual([id, times])
    }
    const row = await api.knex('postbacks').where({ postback_id: id }).first()
    expect(row.state).toBe('pending')
    expect(row.owned_until.getTime()).toBeGreaterThan(Date.now())
  })

  it('gives another panel neither the list nor a redelivery', async () => {
    const { sessionId } = await anEndedSession(api.knex, new Date())
    const { id } = (await get(`?session_id=${sessionId}`)).body.postbacks[0]
    const asked = api.redelivered.length
    expect((await get(`?session_id=${sessionId}`, KEYS.beta)).status).toBe(404)
    expect((await redeliver(id, KEYS.beta)).status).toBe(404)
    for (const unknown of [randomUUID(), 'msg_nothing', '%00', 'msg_%27%20or%201'])
      expect((await redeliver(unknown)).status, unknown).toBe(404)
    expect(api.redelivered.length).toBe(asked)
    expect((await api.knex('postbacks').where({ postback_id: id }).first()).redeliveries).toBe(0)
  })

  it('requires session_id', async () => {
    expect((await get('')).status).toBe(400)
    expect((await get(`?session_id=${randomUUID()}`)).status).toBe(404)
    expect((await get('?session_id=nothing')).status).toBe(404)
  })
})
