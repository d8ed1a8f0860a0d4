import {
  createLocalJWKSet,
  createRemoteJWKSet,
  decodeJwt,
  exportJWK,
  generateKeyPair,
  type JSONWebKeySet,
  jwtVerify,
} from 'jose'
import { describe, expect, test } from 'vitest'
import { DELIVERIES, OUTCOMES } from '../../sandbox/kantar/outcome-words.js'
import type { Sandbox } from '../../sandbox/server.js'
import { eventually, type Heard, OPEN_PLAN, openSession, startListener, startSandbox } from './support.js'

const CONNECTION = 'kantar-sandbox'

/** One key for all tests of this file, because making one takes longer than any test. */
const signingKeys = generateKeyPair('RS256', { extractable: true }).then(async ({ privateKey }) => [
  await exportJWK(privateKey),
])

/** A sandbox with one plan, and a double of Tributary that answers postbacks with `status`. */
async function setUp(status: (count: number) => number = () => 204) {
  const tributary = await startListener((_heard, count) => ({ status: status(count) }))
  const sandbox = await startSandbox({
    apiUrl: tributary.url,
    clock: { speed: 100 },
    kantar: { plans: 0, reversalDelayMs: 150_000, keys: await signingKeys },
  })
  sandbox.kantar.plans.put(OPEN_PLAN)
  return { sandbox, ...tributary }
}

const keysOf = (sandbox: Sandbox) => createRemoteJWKSet(new URL(`${sandbox.url()}/kantar/.well-known/jwks.json`))
const verify = (sandbox: Sandbox, jws: string) =>
  jwtVerify(jws, keysOf(sandbox), { issuer: `${sandbox.url()}/kantar`, audience: 'tributary', algorithms: ['RS256'] })
const jwsOf = (heard: Heard) => (JSON.parse(heard.body) as { jws: string }).jws

function click(url: string, outcome: string, delivery?: string): Promise<Response> {
  const body = new URLSearchParams({ outcome, ...(delivery ? { delivery } : {}) })
  return fetch(url, { method: 'POST', body, redirect: 'manual' })
}

describe('the survey page', () => {
  test('offers all outcomes and deliveries, in a page without scripts', async () => {
    const { sandbox } = await setUp()
    const page = await fetch(await openSession(sandbox, { panelist_id: '<b>"p"</b>' }))
    const text = await page.text()
    for (const word of [...OUTCOMES, ...DELIVERIES]) expect(text).toContain(`value="${word}"`)
    expect(text).not.toContain('<script')
    expect(text).toContain('&lt;b&gt;&quot;p&quot;&lt;/b&gt;')
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(sandbox.kantar.sessions.all()[0]?.startedAt).not.toBeNull()
  })

  test('is 404 for an unknown session and 400 for an unknown outcome', async () => {
    const { sandbox } = await setUp()
    const url = await openSession(sandbox)
    expect((await fetch(`${url}0`)).status).toBe(404)
    expect((await click(url, 'WON')).status).toBe(400)
    expect((await click(url, 'COMPLETED', 'by_pigeon')).status).toBe(400)
    expect((await fetch(`${url}?auto=won`)).status).toBe(400)
    expect(sandbox.kantar.sessions.all()[0]?.outcome).toBeNull()
  })

  test.each(OUTCOMES)(
    'ends a session as %s: a postback, then a redirect, both with tokens that verify',
    async (outcome) => {
      const { sandbox, url: api, heard } = await setUp()
      const url = await openSession(sandbox, { panelist_id: 'p-7', custom_panel_data: { internal_id: 's-9' } })
      const answer = await click(url, outcome)
      expect(answer.status).toBe(303)
      const location = new URL(answer.headers.get('location') ?? '')
      expect(location.origin + location.pathname).toBe(`${api}/returns/${CONNECTION}`)
      expect(heard).toMatchObject([{ method: 'POST', path: `/postbacks/${CONNECTION}` }])
      expect(heard[0]?.headers['content-type']).toBe('application/json')

      const tokens = [location.searchParams.get('jws') ?? '', heard[0] ? jwsOf(heard[0]) : '']
      const claims = await Promise.all(tokens.map(async (jws) => (await verify(sandbox, jws)).payload))
      for (const one of claims) {
        expect(one).toMatchObject({
          session_id: url.split('/').at(-1),
          outcome,
          panelist_id: 'p-7',
          metadata: { custom_panel_data: { internal_id: 's-9' } },
        })
        expect((one.exp ?? 0) - (one.iat ?? 0)).toBe(600)
      }
      expect(claims[0]?.jti).not.toBe(claims[1]?.jti)
    },
  )

  test('has tokens that do not verify when altered, or of another sandbox', async () => {
    const { sandbox, heard } = await setUp()
    await click(await openSession(sandbox), 'TERMINATED')
    const jws = heard[0] ? jwsOf(heard[0]) : ''
    const [header = '', payload = '', signature = ''] = jws.split('.')
    const forged = Buffer.from(JSON.stringify({ ...decodeJwt(jws), outcome: 'COMPLETED' })).toString('base64url')
    await expect(verify(sandbox, `${header}.${forged}.${signature}`)).rejects.toThrow()
    await expect(
      verify(sandbox, `${header}.${payload}.${signature.replace(/^./, (c) => (c === 'A' ? 'B' : 'A'))}`),
    ).rejects.toThrow()
    await expect(verify(await startSandbox(), jws)).rejects.toThrow()
  })

  test('has a shortcut for drivers that does what a click does', async () => {
    const { sandbox, heard } = await setUp()
    const answer = await fetch(`${await openSession(sandbox)}?auto=quota_full&delivery=redirect_only`, {
      redirect: 'manual',
    })
    const jws = new URL(answer.headers.get('location') ?? '').searchParams.get('jws') ?? ''
    expect((await verify(sandbox, jws)).payload.outcome).toBe('QUOTA_FULL')
    expect(heard).toEqual([])
  })

  test('redirects again on a second click on the same outcome, and refuses another outcome', async () => {
    const { sandbox, heard } = await setUp()
    const url = await openSession(sandbox)
    const jti = (answer: Response) =>
      decodeJwt(new URL(answer.headers.get('location') ?? '').searchParams.get('jws') ?? '').jti
    const first = await click(url, 'COMPLETED')
    const second = await click(url, 'COMPLETED')
    expect(jti(second)).not.toBe(jti(first))
    expect((await click(url, 'TERMINATED')).status).toBe(409)
    expect(heard).toHaveLength(1)
    expect(sandbox.kantar.plans.get(OPEN_PLAN.id)?.plan.available_completes).toBe(2)
  })
})

describe('delivery', () => {
  test('redirect_first posts after the browser has left', async () => {
    const { sandbox, heard } = await setUp()
    await click(await openSession(sandbox), 'COMPLETED', 'redirect_first')
    await eventually(() => heard.length === 1)
    await eventually(() => sandbox.kantar.postbacks.pending === 0)
    const kinds = sandbox.journal.read().map(({ kind }) => kind)
    expect(kinds.slice(-2)).toEqual(['kantar.redirected', 'kantar.postback_attempt'])
  })

  test('postback_only does not redirect the browser', async () => {
    const { sandbox, heard } = await setUp()
    expect((await click(await openSession(sandbox), 'COMPLETED', 'postback_only')).status).toBe(200)
    expect(heard).toHaveLength(1)
  })

  test('both_twice posts twice, with two tokens', async () => {
    const { sandbox, heard } = await setUp()
    await click(await openSession(sandbox), 'COMPLETED', 'both_twice')
    await eventually(() => heard.length === 2)
    expect(new Set(heard.map((one) => decodeJwt(jwsOf(one)).jti)).size).toBe(2)
  })

  test('reversed_later reverses the complete, and frees its place in the quota', async () => {
    const { sandbox, heard } = await setUp()
    const quota = { id: 'q', available_completes: 5, status: 'OPEN' as const, qualifications: [] }
    sandbox.kantar.plans.put({ ...OPEN_PLAN, quotas: [quota] })
    const plan = () => sandbox.kantar.plans.get(OPEN_PLAN.id)?.plan
    await sandbox.kantar.outcomes.finish(await newSession(sandbox), 'COMPLETED', 'redirect_only')
    expect(plan()).toMatchObject({ available_completes: 2, quotas: [{ available_completes: 4 }] })
    await click(await openSession(sandbox), 'COMPLETED', 'reversed_later')
    expect(plan()).toMatchObject({ available_completes: 1, quotas: [{ available_completes: 3 }] })
    await eventually(() => heard.length === 2)
    expect(heard.map((one) => decodeJwt(jwsOf(one)).outcome)).toEqual(['COMPLETED', 'REJECTED'])
    expect(plan()).toMatchObject({ available_completes: 2, quotas: [{ available_completes: 4 }] })
  })

  test('the last complete closes the plan, also in the feed', async () => {
    const { sandbox } = await setUp()
    for (let times = 0; times < 3; times++) await click(await openSession(sandbox), 'COMPLETED', 'redirect_only')
    expect(sandbox.kantar.plans.get(OPEN_PLAN.id)?.plan).toMatchObject({ available_completes: 0, status: 'CLOSED' })
    await expect(openSession(sandbox)).rejects.toThrow('400')
  })

  test('is repeated with the same token until a 2xx, and the journal has each attempt', async () => {
    const { sandbox, heard } = await setUp((count) => (count < 4 ? 503 : 204))
    await click(await openSession(sandbox), 'COMPLETED')
    await eventually(() => heard.length === 4)
    expect(new Set(heard.map((one) => one.body)).size).toBe(1)
    await eventually(() => sandbox.kantar.postbacks.pending === 0)
    const attempts = sandbox.journal.read({ kind: 'kantar.postback_attempt' })
    expect(attempts.map(({ details }) => [details.attempt, details.status])).toEqual([
      [1, 503],
      [2, 503],
      [3, 503],
      [4, 204],
    ])
  })

  test('is signed again when its token has expired', async () => {
    const tributary = await startListener((_heard, count) => ({ status: count < 3 ? 500 : 204 }))
    const sandbox = await startSandbox({
      apiUrl: tributary.url,
      clock: { speed: 10_000 },
      kantar: { plans: 0, postbackRetryDelays: [400_000] },
    })
    sandbox.kantar.plans.put(OPEN_PLAN)
    await click(await openSession(sandbox), 'COMPLETED')
    await eventually(() => tributary.heard.length === 3)
    const [first, , last] = tributary.heard.map((one) => decodeJwt(jwsOf(one)))
    expect(last?.exp).toBeGreaterThan(first?.exp ?? Number.POSITIVE_INFINITY)
    expect(last?.jti).not.toBe(first?.jti)
  })

  test('may send contradicting outcomes on purpose', async () => {
    const { sandbox, heard } = await setUp()
    const session = await newSession(sandbox)
    await sandbox.kantar.outcomes.finish(session, 'TERMINATED', 'redirect_only')
    await sandbox.kantar.outcomes.post(session, 'COMPLETED')
    expect(heard.map((one) => decodeJwt(jwsOf(one)).outcome)).toEqual(['COMPLETED'])
    expect(session.outcome).toBe('TERMINATED')
  })
})

describe('keys', () => {
  test('rotate: new tokens name the new key, old ones verify while the old key is published', async () => {
    const { sandbox, heard } = await setUp()
    await click(await openSession(sandbox), 'COMPLETED')
    const old = heard[0] ? jwsOf(heard[0]) : ''
    const kid = await sandbox.kantar.signer.rotate()
    await click(await openSession(sandbox), 'COMPLETED')
    const fresh = heard[1] ? jwsOf(heard[1]) : ''
    expect((await verify(sandbox, fresh)).protectedHeader.kid).toBe(kid)
    await verify(sandbox, old)
    await sandbox.kantar.signer.rotate({ forget: true })
    await expect(verify(sandbox, old)).rejects.toThrow()
  })

  test('only public parts are published', async () => {
    const { sandbox } = await setUp()
    const { keys } = (await (await fetch(`${sandbox.url()}/kantar/.well-known/jwks.json`)).json()) as JSONWebKeySet
    expect(Object.keys(keys[0] ?? {}).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use'])
    expect(createLocalJWKSet({ keys })).toBeTypeOf('function')
  })
})

async function newSession(sandbox: Sandbox) {
  const id = (await openSession(sandbox)).split('/').at(-1) ?? ''
  const session = sandbox.kantar.sessions.get(id)
  if (!session) throw new Error('the session is not there')
  return session
}
