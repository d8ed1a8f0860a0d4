import { randomBytes } from 'node:crypto'
import request from 'supertest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { operations } from '../../api/openapi/document.js'
import type { Operation } from '../../api/openapi/operation.js'
import { anEndedSession, KEYS, type ReadingApi, startReadingApi } from './reading-support.js'

let api: ReadingApi
beforeAll(async () => {
  api = await startReadingApi()
})
afterAll(() => api.close())

const filled = ({ path }: Operation): string => path.replace(/\{(\w+)\}/g, 'x')
const call = (operation: Operation, headers: Record<string, string>) =>
  request(api.app)[operation.method](filled(operation)).set(headers)
const named = (list: readonly Operation[]) =>
  list.map((operation) => [`${operation.method} ${operation.path}`, operation] as const)
const keyed = operations.filter(({ audience }) => audience !== 'anyone')
const ofOurs = keyed.filter(({ errors = 'problem' }) => errors === 'problem')
const ofSeeds = keyed.filter(({ errors = 'problem' }) => errors !== 'problem')

/** Known keys that this address refuses. */
function strangers({ audience, path }: Operation): string[] {
  const operators = [KEYS.all, KEYS.ops, KEYS.finance]
  switch (audience) {
    case 'panel':
      return [...operators, KEYS.buyer, KEYS.platform]
    case 'demand_partner':
      // an operator with the role ops manages the default templates
      return [KEYS.alpha, KEYS.platform, ...(path.startsWith('/v1/templates') ? [KEYS.finance] : operators)]
    case 'survey_platform':
      return [KEYS.alpha, KEYS.buyer, ...operators]
    default:
      return [KEYS.alpha, KEYS.buyer, KEYS.platform, path.startsWith('/v1/ops/') ? KEYS.finance : KEYS.ops]
  }
}

describe.each(named(ofOurs))('the key at %s', (_name, operation) => {
  it('is required, and an unknown one is 401', async () => {
    for (const headers of [
      {},
      { 'x-api-key': '' },
      { authorization: 'Bearer ' },
      { authorization: `Basic ${KEYS.all}` },
    ]) {
      const none = await call(operation, headers)
      expect([none.status, none.body.code]).toEqual([401, 'no_key'])
    }
    for (const headers of [
      { 'x-api-key': 'wrong' },
      { authorization: 'Bearer wrong' },
      { 'x-api-key': KEYS.alpha.toUpperCase() },
      { 'x-api-key': `${KEYS.all} ${KEYS.alpha}` },
      { 'x-api-key': KEYS.alpha.slice(0, -1), authorization: `Bearer ${KEYS.alpha}` },
    ]) {
      const bad = await call(operation, headers)
      expect([bad.status, bad.body.code, bad.type]).toEqual([401, 'bad_key', 'application/problem+json'])
    }
  })

  it('of another kind, or without the role, is 403', async () => {
    for (const key of strangers(operation)) {
      expect((await call(operation, { 'x-api-key': key })).status, key).toBe(403)
      expect((await call(operation, { authorization: `Bearer ${key}` })).status, key).toBe(403)
    }
  })
})

/** The gateway we offer answers in its documents' own shapes, and does not distinguish kinds of keys (docs/api.md, Keys). */
describe.each(named(ofSeeds))('the key at %s', (_name, operation) => {
  it('is required, known and of the right kind; otherwise 401', async () => {
    const header = operation.keyHeader ?? 'x-api-key'
    const refused: Record<string, string>[] = [
      {},
      { [header]: '' },
      { [header]: 'wrong' },
      { authorization: 'Bearer ' },
      { authorization: 'Bearer wrong' },
      { [header]: KEYS.alpha.toUpperCase() },
      { [header]: `${KEYS.all} ${KEYS.alpha}` },
      ...strangers(operation).map((key) => ({ [header]: key })),
    ]
    for (const headers of refused) {
      const answer = await call(operation, headers)
      expect([answer.status, answer.type], JSON.stringify(headers)).toEqual([401, 'application/json'])
      expect(answer.body).not.toHaveProperty('detail')
    }
  })
})

describe('keys', () => {
  it('open their own addresses, in either header', async () => {
    expect((await request(api.app).get('/v1/sessions').set('x-api-key', KEYS.alpha)).status).toBe(200)
    expect((await request(api.app).get('/v1/sessions').set('authorization', `bearer ${KEYS.alpha}`)).status).toBe(200)
    for (const key of [KEYS.all, KEYS.finance])
      expect((await request(api.app).get('/v1/finance/ledger').set('x-api-key', key)).status).toBe(200)
    for (const key of [KEYS.all, KEYS.ops])
      expect((await request(api.app).get('/v1/ops/connections').set('x-api-key', key)).status).toBe(200)
  })

  it('that are wrong are 401 at any length, a thousand of them', async () => {
    const server = api.app.listen(0, '127.0.0.1')
    try {
      for (let index = 0; index < 1_000; index++) {
        // shares a prefix of the right key, of every length, and continues with random characters, at most 1,800
        const like =
          KEYS.alpha.slice(0, index % (KEYS.alpha.length + 1)) + randomBytes(1 + (index % 900)).toString('hex')
        const answer = await request(server).get('/v1/sessions').set('x-api-key', like)
        expect(answer.status, like).toBe(401)
      }
    } finally {
      server.close()
    }
  })

  it('of another tenant get 404 for every id, as if it did not exist', async () => {
    const { sessionId, panelistId } = await anEndedSession(api.knex, new Date())
    const { postback_id: postbackId } = await api.knex('postbacks').where({ session_id: sessionId }).first()
    await request(api.app)
      .put(`/v1/panelists/${panelistId}`)
      .set('x-api-key', KEYS.alpha)
      .send({ country: 'USA', profile: { sex: '1' } })
      .expect(200)
    const paths = [
      ['get', `/v1/sessions/${sessionId}`],
      ['get', `/v1/panelists/${panelistId}`],
      ['get', `/v1/postbacks?session_id=${sessionId}`],
      ['post', `/v1/postbacks/${postbackId}/redeliver`],
    ] as const
    for (const [method, path] of paths) {
      expect((await request(api.app)[method](path).set('x-api-key', KEYS.alpha)).status, path).toBeLessThan(300)
      const foreign = await request(api.app)[method](path).set('x-api-key', KEYS.beta)
      expect(foreign.status, path).toBe(404)
      expect(foreign.text).not.toContain(sessionId)
    }
    const list = await request(api.app).get(`/v1/sessions?panelist_id=${panelistId}`).set('x-api-key', KEYS.beta)
    expect(list.body).toEqual({ sessions: [], next_cursor: null })
  })
})

describe('an unknown address', () => {
  it('is problem+json, also for a method that an address does not have', async () => {
    for (const [method, path] of [
      ['get', '/v1/nothing'],
      ['delete', '/v1/sessions'],
      ['get', '/V1/sessions'],
      ['post', '/v1/finance/ledger'],
    ] as const) {
      const answer = await request(api.app)[method](path).set('x-api-key', KEYS.alpha)
      expect([answer.status, answer.type], path).toEqual([404, 'application/problem+json'])
    }
  })
})
