import request from 'supertest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { aSession, KEYS, type ReadingApi, startReadingApi } from './reading-support.js'

let api: ReadingApi
beforeAll(async () => {
  api = await startReadingApi()
})
afterAll(() => api.close())

const get = (path: string) => request(api.app).get(path).redirects(0)

/** Expects the headers that protect every answer which a browser may show. */
function expectGuarded(headers: Record<string, string>, what: string): void {
  expect(headers['content-security-policy'], what).toMatch(/default-src 'self'|default-src 'none'/)
  expect(headers['content-security-policy'], what).toContain("frame-ancestors 'none'")
  expect(headers['x-content-type-options'], what).toBe('nosniff')
  expect(headers['x-frame-options'], what).toBe('DENY')
  expect(headers['referrer-policy'], what).toMatch(/no-referrer|same-origin/)
}

describe('a broken percent escape in an address for browsers', () => {
  it.each([
    '/e/%E0%A4%A',
    '/e/%',
    '/E/%',
    '/returns/%E0%A4%A',
    '/returns/%',
    '/sessions/start/%E0%A4%A',
    '/sessions/finish/%',
    '/panelist-outcome/%E0%A4%A?t=x',
  ])('%s is a plain page, 400', async (path) => {
    const answer = await get(path)
    expect([answer.status, answer.type]).toEqual([400, 'text/html'])
    expect(answer.text).toContain('This link cannot be used')
    expectGuarded(answer.headers, path)
  })

  it.each(['/ops/%', '/docs/%E0%A4%A', '/returns/x/y', '/e/x/y', '/sessions/start/x/y'])(
    '%s, which has no page, is a plain page, 404',
    async (path) => {
      const answer = await get(path)
      expect([answer.status, answer.type]).toEqual([404, 'text/html'])
    },
  )

  it('for programs is JSON in the format of the address', async () => {
    const ours = await get('/v1/sessions/%E0%A4%A').set('x-api-key', KEYS.alpha)
    expect([ours.status, ours.type]).toEqual([400, 'application/problem+json'])
    const seeds = await get('/sessions/%E0%A4%A').set('x-api-key', KEYS.platform)
    expect([seeds.status, seeds.type]).toEqual([400, 'application/json'])
    const posted = await request(api.app).post('/postbacks/%')
    expect([posted.status, posted.type]).toEqual([400, 'application/problem+json'])
  })

  it('is not echoed in the page', async () => {
    for (const path of ['/e/%3Cscript%3E', '/ops/%3Cscript%3E', '/returns/%3Cscript%3E', '/e/<script>%'])
      expect((await get(path)).text, path).not.toContain('script')
  })
})

describe('a prefetch', () => {
  const signs: [string, string][] = [
    ['Sec-Purpose', 'prefetch'],
    ['Sec-Purpose', 'prefetch;prerender'],
    ['Sec-Purpose', 'prefetch;anonymous-client-ip'],
    ['Purpose', 'prefetch'],
    ['X-Purpose', 'preview'],
    ['X-Moz', 'prefetch'],
  ]

  it.each(signs)('%s: %s is 503 without a body at every address that changes something', async (name, value) => {
    for (const path of [
      '/e/token',
      '/E/token',
      '/returns/kantar-us?jws=x',
      '/sessions/start/token',
      '/sessions/finish/token',
      '/panelist-outcome/completed?t=x',
      '/postbacks/dynata?sub_id=x',
    ]) {
      const answer = await get(path).set(name, value)
      expect([answer.status, answer.text ?? '', answer.headers['cache-control']], path).toEqual([503, '', 'no-store'])
      expect(answer.headers['retry-after']).toBeUndefined()
    }
  })

  it('does not count as a click', async () => {
    const session = await aSession(api.knex)
    const look = await get(`/e/${session.entryToken}`).set('sec-purpose', 'prefetch')
    expect(look.status).toBe(503)
    const stored = await api.knex('sessions').where({ session_id: session.sessionId }).first()
    expect([stored.state, stored.waiting_since]).toEqual(['opening', null])
    expect((await get(`/e/${session.entryToken}`)).status).toBe(200)
  })

  it('of a page that changes nothing is 200', async () => {
    expect((await get('/docs').set('sec-purpose', 'prefetch')).status).toBe(200)
    expect((await get('/page.css').set('sec-purpose', 'prefetch')).status).toBe(200)
  })

  it('differs from a HEAD, which is 200', async () => {
    for (const path of ['/e/token', '/returns/kantar-us', '/sessions/start/token', '/panelist-outcome/completed'])
      expect((await request(api.app).head(path)).status, path).toBe(200)
  })
})

describe('headers', () => {
  it('protect every page', async () => {
    const session = await aSession(api.knex)
    for (const path of ['/e/unknown', `/e/${session.entryToken}`, '/returns/nobody', '/docs', '/ops', '/sign-in/x']) {
      const answer = await get(path)
      expect(answer.type, path).toBe('text/html')
      expectGuarded(answer.headers, path)
    }
  })

  it('let the waiting page refresh itself and load our style sheet', async () => {
    const session = await aSession(api.knex)
    const answer = await get(`/e/${session.entryToken}`)
    expect(answer.headers.refresh).toBe(`2; url=/e/${session.entryToken}`)
    expect(answer.headers['content-security-policy']).toContain("default-src 'self'")
    expect((await get('/page.css')).type).toBe('text/css')
  })

  it('forbid caches to store an answer with personal data', async () => {
    const session = await aSession(api.knex)
    await request(api.app)
      .put('/v1/panelists/p-77')
      .set('x-api-key', KEYS.alpha)
      .send({ country: 'USA', profile: { sex: 'male' } })
      .expect(200)
    const answers = [
      await get('/v1/panelists/p-77').set('x-api-key', KEYS.alpha),
      await get('/v1/panelists/nobody').set('x-api-key', KEYS.alpha),
      await get('/v1/sessions').set('x-api-key', KEYS.alpha),
      await get(`/v1/sessions/${session.sessionId}`).set('x-api-key', KEYS.alpha),
      await get(`/v1/postbacks?session_id=${session.sessionId}`).set('x-api-key', KEYS.alpha),
      await request(api.app).post('/v1/surveys/match').set('x-api-key', KEYS.alpha).send({ panelist_id: 'p' }),
      await get('/v1/surveys/sv_1/explain?panelist_id=p').set('x-api-key', KEYS.alpha),
      await get('/sessions/token').set('x-api-key', KEYS.platform),
      await get('/v1/finance/completes.csv').set('x-api-key', KEYS.finance),
      await get('/ops').set('x-api-key', KEYS.ops),
      await get('/surveys').set('x-api-key', KEYS.alpha),
    ]
    for (const { headers, request: asked } of answers as { headers: Record<string, string>; request: unknown }[])
      expect(headers['cache-control'], String((asked as { url: string }).url)).toBe('no-store')
  })

  it('let caches store style sheets, documentation and public keys', async () => {
    for (const path of ['/page.css', '/docs', '/openapi.json', '/.well-known/jwks.json'])
      expect((await get(path)).headers['cache-control'], path).toMatch(/^public, max-age=/)
  })
})
