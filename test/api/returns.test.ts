import { createRemoteJWKSet, decodeJwt, exportJWK, generateKeyPair, jwtVerify, SignJWT } from 'jose'
import request from 'supertest'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createApp } from '../../api/app.js'
import { expireSession } from '../../commands/sessions/expire-session.js'
import { connectDatabase } from '../../db/connect.js'
import { checkInvariants } from '../../db/invariants/check.js'
import type { Session } from '../../sandbox/kantar/sessions.js'
import { SOON } from '../support/patience.js'
import { panelOf, type SessionApi, startSessionApi, type TestConnection, visit } from '../support/session-api.js'

/** Long enough for a machine that is busy with everything else. */

let api: SessionApi
let panel: ReturnType<typeof panelOf>
let panelists = 0
const someone = (): string => `p-${++panelists}`

beforeAll(async () => {
  api = await startSessionApi()
  panel = panelOf(api)
  await api.offer({ id: 'plan' })
})
afterAll(async () => {
  const broken = await checkInvariants(api.database.knex)
  expect(broken.map(({ invariant, rows }) => ({ id: invariant.id, rows }))).toEqual([])
  await api.close()
})
afterEach(() => {
  api.skew = 0
})

interface Inside {
  readonly id: string
  readonly who: string
  readonly theirs: Session
}

/** A respondent who is in the provider's survey. */
async function inside(connection: TestConnection = 'kantar-us'): Promise<Inside> {
  const who = someone()
  const { session_id, entry_url } = await panel.open(who, 'plan', connection)
  await visit(api, entry_url)
  const theirs = api.sandbox.kantar.sessions
    .all()
    .find(({ customPanelData }) => customPanelData?.internal_id === session_id)
  if (theirs === undefined) throw new Error('the gateway does not know the session')
  return { id: session_id, who, theirs }
}

const claimsOf = (theirs: Session, outcome: string, more: object = {}) => ({
  session_id: theirs.id,
  outcome,
  panelist_id: theirs.panelistId,
  metadata: { custom_panel_data: theirs.customPanelData },
  ...more,
})
const signed = async (claims: object): Promise<string> =>
  (await api.sandbox.kantar.signer.sign(claims as Parameters<typeof api.sandbox.kantar.signer.sign>[0])).jws
const come = (jws: string, connection = 'kantar-us') => visit(api, `/returns/${connection}?jws=${jws}`)
const stateOf = async (id: string) => (await panel.session(id)).body
const count = async (table: string, id: string): Promise<number> =>
  (await api.database.knex(table).where({ session_id: id })).length
const settledAs = (id: string, outcome: string) =>
  expect.poll(async () => (await stateOf(id)).outcome, SOON).toBe(outcome)

describe('a signed return', () => {
  test('redirects home to the outcome’s address with a verifiable token', async () => {
    const { id, who, theirs } = await inside()
    const home = await come(await signed(claimsOf(theirs, 'COMPLETED')))
    expect(home.status).toBe(302)
    expect(home.headers['cache-control']).toBe('no-store')
    const location = new URL(home.headers.location ?? '')
    expect(location.origin + location.pathname).toBe('https://lifepoints.example/thanks')
    const token = location.searchParams.get('token') ?? ''
    const keys = createRemoteJWKSet(new URL(`${api.publicUrl}/.well-known/jwks.json`))
    const { payload, protectedHeader } = await jwtVerify(token, keys, { issuer: api.publicUrl, audience: 'lifepoints' })
    expect(protectedHeader).toMatchObject({ alg: 'ES256', kid: expect.any(String) })
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBeLessThanOrEqual(15 * 60)
    expect(payload).toMatchObject({
      jti: expect.any(String),
      session_id: id,
      panelist_id: who,
      outcome: 'COMPLETED',
      survey_id: expect.stringMatching(/^sv_/),
      provider: 'kantar',
      connection: 'kantar-us',
      grade: 'E1',
      provisional: false,
      payable: true,
      reward: { amount: 75, currency: 'points' },
      custom_panel_data: null,
    })
    await expect(jwtVerify(token, keys, { issuer: api.publicUrl, audience: 'toplife' })).rejects.toThrow()
    await expect.poll(() => count('ledger_transactions', id), SOON).toBe(1)
  })

  test.each([
    ['TERMINATED', 'https://lifepoints.example/done?from=survey'],
    ['QUOTA_FULL', 'https://lifepoints.example/full'],
    ['SCREENED_OUT', 'https://lifepoints.example/done?from=survey'],
    ['DISQUALIFIED', 'https://lifepoints.example/done?from=survey'],
  ])('%s redirects to %s', async (outcome, address) => {
    const { theirs } = await inside()
    const { headers } = await come(await signed(claimsOf(theirs, outcome)))
    expect(headers.location).toMatch(
      new RegExp(`^${address.replace(/[?.]/g, '\\$&')}[?&]token=[\\w.-]+${outcome === 'QUOTA_FULL' ? '#top' : ''}$`),
    )
    const token = new URL(headers.location ?? '').searchParams.get('token') ?? ''
    expect(decodeJwt(token)).toMatchObject({
      outcome,
      payable: false,
      reward: { amount: outcome === 'SCREENED_OUT' ? 5 : 0, currency: 'points' },
    })
  })

  test('a hundred times is one claim, the same outcome and a fresh token each time', async () => {
    const { id, theirs } = await inside()
    const jws = await signed(claimsOf(theirs, 'COMPLETED'))
    const homes = await Promise.all(Array.from({ length: 100 }, () => come(jws)))
    const tokens = homes.map(({ headers }) => new URL(headers.location ?? '').searchParams.get('token') ?? '')
    expect(new Set(tokens.map((token) => decodeJwt(token).jti)).size).toBe(100)
    expect(new Set(tokens.map((token) => decodeJwt(token).outcome))).toEqual(new Set(['COMPLETED']))
    expect(await count('outcome_claims', id)).toBe(1)
    await expect.poll(() => count('ledger_transactions', id), SOON).toBe(1)
  })

  test('is one claim although browser and server bring the same token', async () => {
    const { id, theirs } = await inside()
    const jws = await signed(claimsOf(theirs, 'COMPLETED'))
    await come(jws)
    await request(api.app).post('/postbacks/kantar-us').send({ jws })
    await settledAs(id, 'COMPLETED')
    await expect.poll(() => count('postbacks', id), SOON).toBe(1)
    expect(await count('ledger_transactions', id)).toBe(1)
  })
})

describe('a return without proof', () => {
  const refused = async (id: string, answer: Awaited<ReturnType<typeof come>>, status = 400): Promise<void> => {
    expect(answer.status).toBe(status)
    expect(answer.type).toBe('text/html')
    expect(answer.text).not.toContain(id)
    expect(await stateOf(id)).toMatchObject({ state: 'entered', outcome: null })
    expect(await count('outcome_claims', id)).toBe(0)
  }

  test('no token, two tokens, a mangled one, one of another key, an unsigned one', async () => {
    const { id, theirs } = await inside()
    const good = await signed(claimsOf(theirs, 'COMPLETED'))
    const [header, body, signature] = good.split('.')
    const { privateKey } = await generateKeyPair('RS256')
    const foreign = await new SignJWT(claimsOf(theirs, 'COMPLETED'))
      .setProtectedHeader({ alg: 'RS256' })
      .setIssuer(`${api.sandbox.url()}/kantar`)
      .setAudience('tributary')
      .setIssuedAt()
      .setExpirationTime('5m')
      .setJti('x')
      .sign(privateKey)
    const bodyOf = (claims: object) => Buffer.from(JSON.stringify(claims)).toString('base64url')
    const none = `${bodyOf({ alg: 'none' })}.${body}.`
    const altered = `${header}.${bodyOf({ ...decodeJwt(good), outcome: 'QUOTA_FULL' })}.${signature}`
    const { keys } = await api.sandbox.kantar.signer.publicKeys()
    const withPublicKey = await new SignJWT(claimsOf(theirs, 'COMPLETED'))
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(Buffer.from(JSON.stringify(keys[0])))
    const embedded = await new SignJWT(claimsOf(theirs, 'COMPLETED'))
      .setProtectedHeader({ alg: 'RS256', jwk: await exportJWK((await generateKeyPair('RS256')).publicKey) })
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(privateKey)
    for (const jws of [
      '',
      'x',
      'a.b.c',
      foreign,
      none,
      altered,
      withPublicKey,
      embedded,
      `${good}x`,
      `${good}&jws=${good}`,
    ]) {
      await refused(id, await come(jws))
    }
    await refused(id, await visit(api, '/returns/kantar-us'))
    expect((await come(good)).status).toBe(302)
  })

  test('an expired token, and a token from the future', async () => {
    const { id, theirs } = await inside()
    const jws = await signed(claimsOf(theirs, 'COMPLETED'))
    api.skew = 12 * 60_000
    await refused(id, await come(jws))
    api.skew = 0
    expect((await come(jws)).status).toBe(302)
  })

  test('another panelist’s, or another survey’s, token', async () => {
    const { id, theirs } = await inside()
    await refused(id, await come(await signed(claimsOf(theirs, 'COMPLETED', { panelist_id: 'lifepoints.mallory' }))))
    await refused(id, await come(await signed(claimsOf(theirs, 'COMPLETED', { survey_id: 'another-plan' }))))
  })

  test('a token without an outcome, or without a session', async () => {
    const { id, theirs } = await inside()
    await refused(id, await come(await signed({ session_id: theirs.id })))
    await refused(id, await come(await signed({ outcome: 'COMPLETED' })))
    await refused(id, await come(await signed(claimsOf(theirs, 'COMPLETED', { outcome: 1 }))))
  })

  test('an outcome in the query next to the token is ignored', async () => {
    const { id, theirs } = await inside()
    await visit(
      api,
      `/returns/kantar-us?outcome=COMPLETED&session_id=${theirs.id}&jws=${await signed(claimsOf(theirs, 'TERMINATED'))}`,
    )
    expect((await stateOf(id)).outcome).toBe('TERMINATED')
  })

  test('an unknown session, another connection’s, an unknown connection', async () => {
    const { id, theirs } = await inside()
    const unknown = await signed({ session_id: 'f'.repeat(32), outcome: 'COMPLETED' })
    await refused(id, await come(unknown), 404)
    await refused(id, await come(await signed({ session_id: 'a\u0000b', outcome: 'COMPLETED' })), 404)
    await refused(id, await come(await signed(claimsOf(theirs, 'COMPLETED')), 'kantar-e2'), 404)
    await refused(id, await come(await signed(claimsOf(theirs, 'COMPLETED')), 'nobody'), 404)
    await refused(id, await come(await signed(claimsOf(theirs, 'COMPLETED')), '__proto__'), 404)
  })

  test('a HEAD does not count as a return', async () => {
    const { id, theirs } = await inside()
    const head = await request(api.app).head(`/returns/kantar-us?jws=${await signed(claimsOf(theirs, 'COMPLETED'))}`)
    expect(head.status).toBe(200)
    expect((await stateOf(id)).outcome).toBeNull()
  })
})

describe('an unsigned return, where the configuration accepts them', () => {
  test('of a complete is provisional and not payable until the server confirms it', async () => {
    const { id, theirs } = await inside('kantar-e0')
    const home = await visit(api, `/returns/kantar-e0?session_id=${theirs.id}&outcome=COMPLETED`)
    expect(home.status).toBe(302)
    expect(decodeJwt(new URL(home.headers.location ?? '').searchParams.get('token') ?? '')).toMatchObject({
      outcome: 'COMPLETED',
      grade: 'E0',
      provisional: true,
      payable: false,
      reward: { amount: 0 },
    })
    await expect.poll(() => count('postbacks', id), SOON).toBe(1)
    expect(await count('ledger_transactions', id)).toBe(0)

    const confirmed = await request(api.app)
      .post('/postbacks/kantar-e0')
      .send({ jws: await signed(claimsOf(theirs, 'COMPLETED')) })
    expect(confirmed.status).toBe(200)
    await expect.poll(() => count('ledger_transactions', id), SOON).toBe(1)
    expect(await stateOf(id)).toMatchObject({ provisional: false, payable: true, grade: 'E2' })
    await expect.poll(() => count('postbacks', id), SOON).toBe(2)
  })

  test('of anything else is final', async () => {
    const { id, theirs } = await inside('kantar-e0')
    await visit(api, `/returns/kantar-e0?session_id=${theirs.id}&outcome=TERMINATED`)
    expect(await stateOf(id)).toMatchObject({ outcome: 'TERMINATED', provisional: false, grade: 'E0' })
  })

  test('fifty edited completes pay nothing', async () => {
    for (let n = 0; n < 50; n++)
      await visit(api, `/returns/kantar-e0?session_id=${n.toString(16).padStart(32, '0')}&outcome=COMPLETED`)
    const payable = await api.database.knex('sessions').where({ connection: 'kantar-e0', payable: true, grade: 'E0' })
    expect(payable).toEqual([])
  })
})

describe('a claim after the end', () => {
  const tell = async (theirs: Session, outcome: string, connection = 'kantar-us') =>
    request(api.app)
      .post(`/postbacks/${connection}`)
      .send({ jws: await signed(claimsOf(theirs, outcome)) })

  test('REJECTED after COMPLETED reverses it, in the ledger and at the panel', async () => {
    const { id, theirs } = await inside()
    await come(await signed(claimsOf(theirs, 'COMPLETED')))
    await expect.poll(() => count('ledger_transactions', id), SOON).toBe(1)
    expect((await tell(theirs, 'REJECTED')).status).toBe(200)
    await expect.poll(() => count('ledger_transactions', id), SOON).toBe(2)
    expect(await stateOf(id)).toMatchObject({ outcome: 'REJECTED', payable: false, reward: { amount: 0 } })
    const told = () =>
      api.hooks.heard.filter(({ body }) => body.includes(id)).map(({ body }) => JSON.parse(body) as { type: string })
    await expect.poll(() => told().map(({ type }) => type), SOON).toEqual(['session.outcome', 'session.adjusted'])
    // a browser that returns now gets the same
    const home = await come(await signed(claimsOf(theirs, 'COMPLETED')))
    expect(decodeJwt(new URL(home.headers.location ?? '').searchParams.get('token') ?? '').outcome).toBe('REJECTED')
  })

  test('a complete after the timeout is upgraded, paid and sent to the panel', async () => {
    const { id, theirs } = await inside()
    // the session times out, as its timer would do it
    await expireSession(api.database.knex, id, new Date(Date.now() + 25 * 3_600_000))
    await api.database.knex('sessions').where({ session_id: id }).update({ finished_at: new Date() })
    const late = await come(await signed(claimsOf(theirs, 'COMPLETED')))
    expect(decodeJwt(new URL(late.headers.location ?? '').searchParams.get('token') ?? '')).toMatchObject({
      outcome: 'COMPLETED',
      payable: true,
    })
    await expect.poll(() => count('ledger_transactions', id), SOON).toBe(1)
    await expect.poll(() => count('session_adjustments', id), SOON).toBe(1)
  })

  test('a contradiction sets needs_review and changes nothing else', async () => {
    const { id, theirs } = await inside()
    await come(await signed(claimsOf(theirs, 'COMPLETED')))
    expect((await tell(theirs, 'TERMINATED')).status).toBe(200)
    await expect.poll(async () => (await stateOf(id)).needs_review, SOON).toBe(true)
    expect(await stateOf(id)).toMatchObject({ outcome: 'COMPLETED', payable: true })
    await expect.poll(() => count('ledger_transactions', id), SOON).toBe(1)
  })

  test('a complete of a respondent who never clicked is a ghost', async () => {
    const who = someone()
    const { session_id } = await panel.open(who, 'plan')
    const theirs = api.sandbox.kantar.sessions.all().at(-1) as Session
    expect((await tell(theirs, 'COMPLETED')).status).toBe(200)
    expect(await stateOf(session_id)).toMatchObject({ outcome: 'COMPLETED', payable: false, needs_review: true })
    const [claim] = await api.database.knex('outcome_claims').where({ session_id })
    expect(claim.flags).toEqual(['ghost'])
    expect(await count('ledger_transactions', session_id)).toBe(0)
  })

  test('a word with a NUL is stored with U+FFFD instead', async () => {
    const { id, theirs } = await inside()
    expect((await tell(theirs, 'DONE\u0000')).status).toBe(200)
    const [claim] = await api.database.knex('outcome_claims').where({ session_id: id })
    expect(claim.word).toBe('DONE\ufffd')
  })

  test('an unknown word is 2xx, ERROR, and stored as it came', async () => {
    const { id, theirs } = await inside()
    expect((await tell(theirs, 'PARTIALLY_DONE')).status).toBe(200)
    await expect.poll(async () => (await stateOf(id)).needs_review, SOON).toBe(true)
    expect(await stateOf(id)).toMatchObject({ outcome: 'ERROR', payable: false })
    const [claim] = await api.database.knex('outcome_claims').where({ session_id: id })
    expect(claim.word).toBe('PARTIALLY_DONE')
    expect(JSON.parse(claim.raw)).toMatchObject({ session_id: theirs.id })
  })
})

test('without a database the browser gets a page that retries, with Retry-After', async () => {
  const { theirs } = await inside()
  const nowhere = connectDatabase({ url: 'postgres://nobody:x@127.0.0.1:1/none', applicationName: 'away', poolSize: 1 })
  const away = createApp({ ...api.deps, knex: nowhere })
  const jws = await signed(claimsOf(theirs, 'COMPLETED'))
  const answer = await request(away).get(`/returns/kantar-us?jws=${jws}`).redirects(0)
  expect(answer.status).toBe(503)
  expect(answer.type).toBe('text/html')
  expect(answer.headers['retry-after']).toBeDefined()
  expect(answer.headers.refresh).toBe(`3; url=/returns/kantar-us?jws=${jws}`)
  const server = await request(away).post('/postbacks/kantar-us').send({ jws })
  expect(server.status).toBe(503)
  expect(server.headers['retry-after']).toBeDefined()
  expect(server.type).toBe('application/problem+json')
  await nowhere.destroy()
})
