import express, { type Express } from 'express'
import request from 'supertest'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createApp } from '../../api/app.js'
import { limitRefusedArrivals } from '../../api/http/arrival-limit.js'
import { holdWrongKeys } from '../../api/http/auth.js'
import { browserErrors } from '../../api/http/browser-errors.js'
import { errorHandler } from '../../api/http/errors.js'
import { RateLimiter } from '../../api/http/rate-limit.js'
import { RefusalLimit } from '../../api/http/refusal-limit.js'
import { KEYS, type ReadingApi, startReadingApi } from './reading-support.js'

let api: ReadingApi
beforeAll(async () => {
  api = await startReadingApi()
})
afterAll(() => api.close())

/** An API with a limiter of its own, whose clock is stopped. */
const limited = (perSecond = 1_000, burst = 1_000): Express =>
  createApp({ ...api.deps, limiter: new RateLimiter(perSecond, burst, () => 0, new RefusalLimit(20, () => 0)) })

describe('wrong keys', () => {
  it.each<[string, string, 'get' | 'post', Record<string, string>, string]>([
    ['panels', '/v1/sessions', 'get', { 'x-api-key': 'wrong' }, 'application/problem+json'],
    ['operators', '/v1/ops/connections', 'get', { authorization: 'Bearer wrong' }, 'application/problem+json'],
    ['buyers, in our words', '/v1/plans', 'get', { 'x-api-key': 'wrong' }, 'application/problem+json'],
    ['templates', '/v1/templates', 'get', { 'x-api-key': 'wrong' }, 'application/problem+json'],
    ['the gateway', '/survey-plan', 'post', { 'x-api-key': 'wrong' }, 'application/json'],
    ['the PureSpectrum Buy API', '/buyers/v2/surveys', 'post', { 'access-token': 'wrong' }, 'application/json'],
    ['the PureSpectrum Supply API', '/suppliers/v2/surveys', 'get', { 'access-token': 'wrong' }, 'application/json'],
  ])('of %s are 429 after twenty of one address, and a right one passes', async (_who, path, method, headers, type) => {
    const app = limited()
    for (let n = 0; n < 20; n++) expect((await request(app)[method](path).set(headers)).status).toBe(401)
    const stopped = await request(app)[method](path).set(headers)
    expect([stopped.status, stopped.type]).toEqual([429, type])
    expect(Number(stopped.headers['retry-after'])).toBeGreaterThanOrEqual(1)
    expect((await request(app).get('/v1/sessions').set('x-api-key', KEYS.alpha)).status).toBe(200)
    expect((await request(app).get('/v1/sessions').set('x-api-key', 'wrong')).status).toBe(429)
  })

  it('are answered late once there are too many, and a right key is not delayed', async () => {
    const app = limited()
    const took = async (key: string) => {
      const from = performance.now()
      const { status } = await request(app).get('/v1/sessions').set('x-api-key', key)
      return { status, ms: performance.now() - from }
    }
    for (let n = 0; n < 20; n++) await took('wrong')
    const wrong = await Promise.all(Array.from({ length: 4 }, () => took('wrong')))
    for (const { status, ms } of wrong) expect([status, ms >= 99]).toEqual([429, true])
    const overrun = new RateLimiter(1, 1, () => 0, new RefusalLimit(1, () => 0))
    overrun.countWrongKey({ socket: { remoteAddress: '203.0.113.7' } } as unknown as express.Request)
    const goesStraightOn = (headers: Record<string, string>): boolean => {
      let gone = false
      const asked = { headers, socket: { remoteAddress: '203.0.113.7' } } as unknown as express.Request
      holdWrongKeys(api.deps.keys, overrun)(asked, {} as express.Response, () => {
        gone = true
      })
      return gone
    }
    expect(goesStraightOn({ 'x-api-key': 'wrong' })).toBe(false)
    expect(goesStraightOn({ 'x-api-key': KEYS.alpha })).toBe(true)
    expect(goesStraightOn({ authorization: `Bearer ${KEYS.ops}` })).toBe(true)
    expect(goesStraightOn({ 'access-token': KEYS.buyer })).toBe(true)
    expect(goesStraightOn({})).toBe(true)
  })

  it('at the sign-in are counted with the others, and an operator gets in', async () => {
    const app = limited()
    const signIn = (key: string) => request(app).post('/sign-in').type('form').send({ api_key: key, page: '/ops' })
    for (let n = 0; n < 20; n++) expect((await signIn('wrong')).status).toBe(401)
    const stopped = await signIn('wrong')
    expect([stopped.status, stopped.type]).toEqual([429, 'text/html'])
    expect(stopped.headers['retry-after']).toBeDefined()
    expect((await signIn(KEYS.ops)).status).toBe(303)
  })

  it('do not include missing keys and keys of another kind', async () => {
    const app = limited()
    for (let n = 0; n < 30; n++) {
      expect((await request(app).get('/v1/sessions')).status).toBe(401)
      expect((await request(app).get('/v1/sessions').set('x-api-key', KEYS.ops)).status).toBe(403)
      expect((await request(app).post('/survey-plan').set('x-api-key', KEYS.alpha)).status).toBe(401)
    }
  })
})

describe('arrivals that are refused', () => {
  /** Routes behind the limit as the API mounts it; a path that ends in "good" is authentic. */
  function doors(perMinute = 20): { app: Express; read: () => number } {
    let read = 0
    const app = express()
    app.use(limitRefusedArrivals(new RefusalLimit(perMinute, () => 0)))
    app.use(express.raw({ type: () => true }), (_request, _response, next) => {
      read += 1
      next()
    })
    app.all(/good$/, (_request, response) => response.redirect(302, 'https://panel.example'))
    app.all(/away$/, (_request, response) => void response.status(503).end())
    app.use((_request, response) => void response.status(400).end())
    app.use(browserErrors(api.deps.logger))
    app.use(errorHandler(api.deps.logger))
    return { app, read: () => read }
  }

  it.each(['/returns/kantar-us', '/e/token', '/sessions/start/x', '/panelist-outcome/completed'])(
    'at %s are 429 for an address that sent nothing else, with a page that retries',
    async (path) => {
      const { app, read } = doors()
      for (let n = 0; n < 20; n++) expect((await request(app).get(path)).status).toBe(400)
      const stopped = await request(app).get(path)
      expect([stopped.status, stopped.type]).toEqual([429, 'text/html'])
      expect(Number(stopped.headers['retry-after'])).toBeGreaterThanOrEqual(1)
      expect(stopped.headers.refresh).toContain(`url=${path}`)
      expect(read()).toBe(20)
    },
  )

  it('of a server are 429 as problem+json, before the body is read', async () => {
    const { app, read } = doors()
    const post = () =>
      request(app)
        .post('/postbacks/kantar-us')
        .type('json')
        .send({ jws: 'x'.repeat(50_000) })
    for (let n = 0; n < 20; n++) expect((await post()).status).toBe(400)
    const stopped = await post()
    expect([stopped.status, stopped.body.code]).toEqual([429, 'too_many_refused'])
    expect(read()).toBe(20)
  })

  it('do not block an address that sends authentic ones too', async () => {
    const { app } = doors()
    for (let n = 0; n < 50; n++) {
      expect((await request(app).get('/returns/bad')).status).toBe(400)
      if (n % 10 === 0) expect((await request(app).post('/postbacks/good')).status).toBe(302)
    }
    expect((await request(app).get('/returns/good')).status).toBe(302)
  })

  it('do not include arrivals that we answered with 503', async () => {
    const { app } = doors()
    for (let n = 0; n < 50; n++) expect((await request(app).post('/postbacks/away')).status).toBe(503)
    expect((await request(app).post('/postbacks/good')).status).toBe(302)
  })

  it('are not offset by HEAD or OPTIONS, which prove nothing', async () => {
    const { app } = doors()
    for (let n = 0; n < 20; n++) expect((await request(app).get('/returns/bad')).status).toBe(400)
    for (const path of ['/postbacks/good', '/returns/good'])
      for (const method of ['head', 'options'] as const) await request(app)[method](path)
    expect((await request(app).get('/returns/bad')).status).toBe(429)
  })

  it('are not counted in the rest of the API', async () => {
    const { app } = doors()
    for (let n = 0; n < 50; n++) expect((await request(app).get('/v1/sessions/bad')).status).toBe(400)
  })

  it('are limited in the running API', async () => {
    const clock = vi.spyOn(performance, 'now').mockReturnValue(1_000)
    try {
      const server = limited().listen(0, '127.0.0.1')
      const came = () => request(server).get('/returns/nobody')
      for (let n = 0; n < 150; n += 50) await Promise.all(Array.from({ length: 50 }, async () => came()))
      expect((await came()).status).toBe(429)
      expect((await request(server).post('/postbacks/nobody').send({})).status).toBe(429)
      server.close()
    } finally {
      clock.mockRestore()
    }
  })
})

describe('work', () => {
  const match = (app: Express, body: object) =>
    request(app)
      .post('/v1/surveys/match')
      .set('x-api-key', KEYS.alpha)
      .send({ panelist_id: 'p', country: 'ZZZ', ...body })
  const status = async (sent: request.Test) => (await sent).status

  it('of an ordinary match is one unit', async () => {
    const app = limited(1, 10)
    for (let n = 0; n < 10; n++) expect(await status(match(app, { limit: 20 }))).toBe(400)
    const stopped = await match(app, { limit: 20 })
    expect([stopped.status, stopped.body.code]).toEqual([429, 'rate_limited'])
  })

  it('grows with the requested offers', async () => {
    const app = limited(1, 10)
    const asked = () => match(app, { country: 'USA', limit: 200 })
    // five units each; the answer of this test's catalogue does not matter
    expect(await status(asked())).not.toBe(429)
    expect(await status(asked())).not.toBe(429)
    expect(await status(asked())).toBe(429)
  })

  it('grows with the bytes of the body', async () => {
    const app = limited(1, 10)
    const large = { profile: { about: 'x'.repeat(55_000) } }
    expect(await status(match(app, large))).toBe(400)
    expect(await status(match(app, {}))).toBe(400)
    expect(await status(match(app, large))).toBe(429)
  })

  it('is refused by the number of members, before a schema reads each', async () => {
    const profile = Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`a${n}`, 1]))
    const answer = await match(limited(), { country: 'USA', profile })
    expect(answer.status).toBe(400)
    expect(answer.body.errors).toEqual([{ field: 'profile', message: 'has 10000 members; at most 500 are allowed' }])
    const lists = Object.fromEntries(Array.from({ length: 400 }, (_, n) => [`attribute_${n}`, Array(100).fill(1)]))
    const many = await match(limited(), { country: 'USA', profile: lists })
    expect([many.status, many.body.errors.length]).toEqual([400, 1])
    expect(many.body.detail).toContain('more than 10000 values')
    const panelist = await request(limited())
      .put('/v1/panelists/p')
      .set('x-api-key', KEYS.alpha)
      .send({ country: 'USA', profile })
    expect([panelist.status, panelist.body.errors.length]).toEqual([400, 1])
  })

  it('is refused by its size, before it is read', async () => {
    expect(await status(match(limited(), { profile: { about: 'x'.repeat(140_000) } }))).toBe(413)
  })
})
