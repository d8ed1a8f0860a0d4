import request from 'supertest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { asPanel } from '../../db/tenant.js'
import { KEYS, type ReadingApi, startReadingApi } from './reading-support.js'

let api: ReadingApi
beforeAll(async () => {
  api = await startReadingApi()
})
afterAll(() => api.close())

const put = (id: string, body: unknown, key: string = KEYS.alpha) =>
  request(api.app)
    .put(`/v1/panelists/${encodeURIComponent(id)}`)
    .set('x-api-key', key)
    .send(body as object)
const get = (id: string, key: string = KEYS.alpha) =>
  request(api.app)
    .get(`/v1/panelists/${encodeURIComponent(id)}`)
    .set('x-api-key', key)

const maria = { country: 'USA', locale: 'en-US', date_of_birth: '1990-04-23', profile: { sex: '1', pets: '1|2|4' } }

describe('panelists', () => {
  it('returns what was stored, and PUT replaces all of it', async () => {
    const first = await put('p-1', maria)
    expect(first.status).toBe(200)
    expect(first.body).toMatchObject({ panelist_id: 'p-1', ...maria })

    const second = await put('p-1', { country: 'DEU', profile: { age: 40, langs: ['de', 'en'] } })
    expect(second.status).toBe(200)
    const read = await get('p-1')
    expect(read.body).toMatchObject({ country: 'DEU', locale: null, date_of_birth: null })
    expect(read.body.profile).toEqual({ age: 40, langs: ['de', 'en'] })
    expect(read.body.created_at).toBe(first.body.created_at)
  })

  it('isolates panels: the same id at two panels is two panelists', async () => {
    await put('shared', maria, KEYS.alpha)
    expect((await get('shared', KEYS.beta)).status).toBe(404)
    await put('shared', { country: 'GBR', profile: {} }, KEYS.beta)
    expect((await get('shared', KEYS.alpha)).body.country).toBe('USA')
    expect((await get('shared', KEYS.beta)).body.country).toBe('GBR')
  })

  it('accepts every id of 1-256 characters without control characters', async () => {
    for (const id of ['a/b?c#d%', 'ü', ' ', "'; drop table panelists; --", '😀'.repeat(256), 'x'.repeat(256)]) {
      expect((await put(id, maria)).status, id).toBe(200)
      expect((await get(id)).body.panelist_id).toBe(id)
    }
    for (const id of ['x'.repeat(257), '😀'.repeat(257), 'a\u0000b', 'a\nb', 'a\u0085b']) {
      expect((await put(id, maria)).status, JSON.stringify(id)).toBe(400)
      expect((await get(id)).status).toBe(400)
    }
    expect((await request(api.app).get('/v1/panelists/%E0%A4%A').set('x-api-key', KEYS.alpha)).status).toBe(400)
  })

  it.each([
    ['country', { ...maria, country: 'US' }],
    ['country', { ...maria, country: 'usa' }],
    ['country', { ...maria, country: 'XXX' }],
    ['country', { profile: {} }],
    ['locale', { ...maria, locale: 'en_US' }],
    ['date_of_birth', { ...maria, date_of_birth: '1990-02-30' }],
    ['date_of_birth', { ...maria, date_of_birth: '2990-02-03' }],
    ['date_of_birth', { ...maria, date_of_birth: '23.4.1990' }],
    ['profile', { country: 'USA' }],
    ['profile', { ...maria, profile: [] }],
    ['profile.sex', { ...maria, profile: { sex: null } }],
    ['profile.sex', { ...maria, profile: { sex: { a: 1 } } }],
    ['profile.sex', { ...maria, profile: { sex: 'a\u0000' } }],
    ['profile.sex.0', { ...maria, profile: { sex: ['\ud800'] } }],
    ['profile.date_of_birth', { ...maria, profile: { date_of_birth: '1990-13-01' } }],
    ['profile', { ...maria, profile: Object.fromEntries([...Array(501).keys()].map((n) => [`a${n}`, n])) }],
    [
      'profile',
      { ...maria, profile: Object.fromEntries([...Array(30).keys()].map((n) => [`a${n}`, 'x'.repeat(2500)])) },
    ],
    ['panel', { ...maria, panel: 'beta' }],
    ['profile.__proto__', JSON.parse('{"country":"USA","profile":{"__proto__":{"x":1}}}')],
  ])('refuses a bad %s and names it', async (field, body) => {
    const answer = await put('bad', body)
    expect(answer.status).toBe(400)
    expect(answer.type).toBe('application/problem+json')
    expect(answer.body.errors.map((error: { field: string }) => error.field)).toContain(field)
    expect((await get('bad')).status).toBe(404)
  })

  it('accepts the largest profile that is allowed', async () => {
    const profile = Object.fromEntries([...Array(500).keys()].map((n) => [`a${n}`, 'x'.repeat(100)]))
    expect((await put('large', { country: 'USA', profile })).status).toBe(200)
    expect((await get('large')).body.profile).toEqual(profile)
  })

  it('shows rows to the own panel’s role only, and refuses to write for another panel', async () => {
    await put('rls', maria)
    for (const table of ['panelists', 'sessions', 'postbacks']) {
      expect(await asPanel(api.knex, '', (trx) => trx(table).select()), table).toEqual([])
    }
    const seen = await asPanel(api.knex, 'beta', (trx) => trx('panelists').where({ panelist_id: 'rls' }).select())
    expect(seen).toEqual([])
    const foreign = { panel: 'alpha', panelist_id: 'rls-2', country: 'USA' }
    await expect(asPanel(api.knex, 'beta', (trx) => trx('panelists').insert(foreign))).rejects.toThrow(
      /row-level security/,
    )
    const changed = await asPanel(api.knex, 'beta', (trx) =>
      trx('panelists').update({ country: 'FRA' }).where({ panel: 'alpha' }),
    )
    expect(changed).toBe(0)
  })
})
