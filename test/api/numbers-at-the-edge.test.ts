import request from 'supertest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { operations } from '../../api/openapi/document.js'
import type { Operation } from '../../api/openapi/operation.js'
import { KEYS, type ReadingApi, startReadingApi } from './reading-support.js'

let api: ReadingApi
beforeAll(async () => {
  // a request that needs an index of surveys finds none
  const catalogue = {
    state: () => ({ ready: true, revision: 41n, ageMs: 12, surveys: 0 }),
    match: () => [],
    find: () => null,
  }
  api = await startReadingApi({ catalogue } as never)
})
afterAll(() => api.close())

/** Beyond integer, a double's integers, bigint, unsigned bigint; and below zero. */
const EDGES = [
  '2147483648',
  '9007199254740993',
  '9223372036854775808',
  '18446744073709551616',
  '1e21',
  '1e400',
  '-1',
  '-9223372036854775809',
]

const keyed = operations.filter(({ audience, path }) => audience !== 'anyone' && !path.startsWith('/v1/surveys/'))
const named = (list: readonly Operation[]) => list.map((one) => [`${one.method} ${one.path}`, one] as const)
const KEY_OF = {
  panel: KEYS.alpha,
  demand_partner: KEYS.buyer,
  survey_platform: KEYS.platform,
  operator: KEYS.all,
} as const

function call({ method, audience, keyHeader }: Operation, address: string, body?: string) {
  const key = KEY_OF[audience as keyof typeof KEY_OF]
  const sent = request(api.app)
    [method](address)
    .set(keyHeader ?? 'x-api-key', key)
  return body === undefined ? sent : sent.set('content-type', 'application/json').send(body)
}

const filled = (path: string, value: string) => path.replace(/\{\w+\}/g, encodeURIComponent(value))
const fieldsOf = ({ query }: Operation): string[] => Object.keys((query as { shape?: object } | undefined)?.shape ?? {})

describe.each(named(keyed))('numbers beyond what is stored, at %s', (_name, operation) => {
  it('in an address are a 4xx, never a 500', async () => {
    for (const edge of EDGES) {
      const addresses = [
        filled(operation.path, edge),
        ...fieldsOf(operation).map((field) => `${filled(operation.path, '1')}?${field}=${encodeURIComponent(edge)}`),
      ]
      for (const address of addresses) {
        const answer = await call(operation, address)
        expect([address, answer.status < 500 || answer.status === 503]).toEqual([address, true])
      }
    }
  })
})

describe.each(named(keyed.filter(({ body }) => body !== undefined)))(
  'a number that would change, in the body of %s',
  (_name, operation) => {
    const address = filled(operation.path, '1')

    it.each(['9007199254740993', '-12345678901234567890', '1e400'])(
      '%s is a 400 that names its field',
      async (number) => {
        const answer = await call(operation, address, `{"first": 1, "deep": [{"x": ${number}}]}`)
        expect([answer.status, answer.text]).toEqual([400, expect.stringContaining('"field":"deep.0.x"')])
        expect(answer.text).toContain('send it as text')
      },
    )

    it('never causes a 500, at any number of the body’s example', async () => {
      const example = JSON.stringify(operation.body?.schema.meta()?.example ?? {})
      const places = [...example.matchAll(/(?<=[:[,])-?\d+(?:\.\d+)?(?=[,\]}])/g)]
      for (const place of places) {
        for (const edge of ['2147483648', '9007199254740992', '1e21', '-1']) {
          const body = example.slice(0, place.index) + edge + example.slice(place.index + place[0].length)
          const { status } = await call(operation, address, body)
          expect([body, status < 500 || status === 503]).toEqual([body, true])
        }
      }
    })
  },
)

describe('ranges', () => {
  it.each([
    ['/v1/finance/completes.csv', KEYS.finance],
    ['/v1/sessions', KEYS.alpha],
  ])('of %s that end before they begin are 400; equal ends are an empty list', async (path, key) => {
    const get = (query: string) => request(api.app).get(`${path}?${query}`).set('x-api-key', key)
    const turned = await get('from=2026-02-01&to=2026-01-01')
    expect([turned.status, turned.body.errors]).toEqual([
      400,
      [{ field: 'to', message: 'must not be before from: the range is from ≤ t < to' }],
    ])
    expect((await get('from=2026-02-01&to=2026-02-01')).status).toBe(200)
    expect((await get('from=2026-01-01&to=2026-02-01')).status).toBe(200)
  })

  it.each(['/v1/finance/ledger', '/v1/sessions', '/v1/ops/plans', '/v1/ops/quarantine', '/v1/plans', '/v1/templates'])(
    'of pages: a cursor of %s with an invalid date is 400',
    async (path) => {
      const key = { '/v1/sessions': KEYS.alpha, '/v1/plans': KEYS.buyer }[path] ?? KEYS.all
      for (const day of ['2026-02-30', '2026-04-31']) {
        const id = '11111111-1111-4111-8111-111111111111'
        const cursor = Buffer.from(JSON.stringify([`${day}T00:00:00.000000Z`, id])).toString('base64url')
        expect((await request(api.app).get(`${path}?cursor=${cursor}`).set('x-api-key', key)).status, day).toBe(400)
      }
    },
  )
})

describe('what an operator may', () => {
  const operatorRoutes = operations.filter(
    ({ audience, path }) => audience === 'operator' || path.startsWith('/v1/templates'),
  )

  it.each(named(operatorRoutes))('%s accepts its own role, and no other', async (_name, operation) => {
    const role = operation.path.startsWith('/v1/finance/') ? 'finance' : 'ops'
    const other = role === 'finance' ? KEYS.ops : KEYS.finance
    const refused = await call({ ...operation, audience: 'operator' }, filled(operation.path, '1')).set(
      'x-api-key',
      other,
    )
    expect([refused.status, refused.body.code]).toEqual([403, 'wrong_role'])
    const taken = await call({ ...operation, audience: 'operator' }, filled(operation.path, '1')).set(
      'x-api-key',
      KEYS[role],
    )
    expect(taken.status).not.toBe(403)
  })
})
