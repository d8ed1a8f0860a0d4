import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject, sign as rawSign } from 'node:crypto'
import { CompactSign, type CryptoKey, exportJWK, exportSPKI, generateKeyPair, SignJWT } from 'jose'
import { beforeAll, describe, expect, test } from 'vitest'
import type { EgressRequest, EgressResponse } from '../../../platform/egress/http-client.js'
import type { RawArrival } from '../../../platform/verification/arrival.js'
import { createVerifiers, type VerificationConfig } from '../../../platform/verification/verifiers.js'
import { arrivalOf, jsonPost, jws, post } from './arrivals.js'

const NOW = new Date('2026-11-20T10:00:00Z')
const seconds = NOW.getTime() / 1_000
const CLAIMS = {
  session_id: 's1',
  outcome: 'COMPLETED',
  iss: 'https://gateway.example',
  aud: 'tributary',
  iat: seconds,
  exp: seconds + 600,
}

type Pair = { publicKey: CryptoKey; privateKey: CryptoKey }
let ours: Pair
let theirs: Pair
let elliptic: Pair
let spki: string

beforeAll(async () => {
  ours = await generateKeyPair('RS256', { extractable: true })
  theirs = await generateKeyPair('RS256', { extractable: true })
  elliptic = await generateKeyPair('ES256', { extractable: true })
  spki = await exportSPKI(ours.publicKey)
})

/** A JWKS host of this test: counts its requests, and can be down. */
function jwksHost(first: object[]) {
  const host = { keys: first, asked: 0, away: false, wait: Promise.resolve() }
  const request = async (_: EgressRequest): Promise<EgressResponse> => {
    host.asked++
    await host.wait
    if (host.away) throw new Error('connection refused')
    // as some servers write it: a byte order mark first
    const text = `\ufeff${JSON.stringify({ keys: host.keys })}`
    async function* body() {
      yield Buffer.from(text)
    }
    return { status: 200, headers: {}, body: body(), text: async () => text }
  }
  return Object.assign(host, { http: { request } })
}

const publicJwk = async (pair: Pair, kid?: string) => ({
  ...(await exportJWK(pair.publicKey)),
  ...(kid ? { kid } : {}),
  use: 'sig',
})
const token = (pair: Pair, claims: object = CLAIMS, header: object = {}) =>
  new SignJWT({ ...claims }).setProtectedHeader({ alg: 'RS256', kid: 'k1', ...header }).sign(pair.privateKey)

const part = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
/** A token built by hand, for headers that a library would refuse to write. */
function handmade(header: object, claims: unknown, sign: (text: string) => string): string {
  const text = `${part(header)}.${part(claims)}`
  return `${text}.${sign(text)}`
}
const hs =
  (secret: string | Buffer, hash = 'sha256') =>
  (text: string) =>
    createHmac(hash, secret).update(text).digest('base64url')
const rs =
  (key: KeyObject, hash = 'sha256') =>
  (text: string) =>
    rawSign(hash, Buffer.from(text), key).toString('base64url')

const arrive = (jwt: string) => arrivalOf(`/returns/k?jws=${jwt}`)
const refusing = (verifier: VerificationConfig['verify'][number]): VerificationConfig => ({
  verify: [verifier],
  unsigned: 'refuse',
})

function mechanism(http: { request(request: EgressRequest): Promise<EgressResponse> }, clock = () => NOW) {
  return createVerifiers({ http, publicUrl: 'https://panel.example', clock })
}

describe('an outcome token', () => {
  test('is accepted in a query, a JSON or form body, a header, or as the whole body', async () => {
    const host = jwksHost([await publicJwk(ours, 'k1')])
    const one = mechanism(host.http)
    const key = { kind: 'jwks', url: 'https://gateway.example/jwks' } as const
    const jwt = await token(ours)
    const sent = (contentType: string, text: string): RawArrival => post('/postbacks/k', text, contentType)
    const query = await one.verify(refusing(jws(key)), arrivalOf(`/returns/k?jws=${jwt}&outcome=TERMINATED&outcome=x`))
    // Only the claims count; a query that contradicts them is ignored.
    expect(query).toEqual({ fields: CLAIMS, signed: true, unsigned: false, grade: 'E1', proof: expect.any(String) })
    const body = jws(key, { location: 'body' })
    for (const arrival of [
      sent('application/json; charset=utf-8', JSON.stringify({ jws: jwt, outcome: 'TERMINATED' })),
      sent('application/x-www-form-urlencoded', `jws=${jwt}`),
      sent('application/jwt', jwt),
      sent('application/jose', `${jwt}\n`),
      sent('text/plain', jwt),
    ]) {
      expect(await one.verify(refusing(body), arrival)).toMatchObject({ fields: CLAIMS, grade: 'E2' })
    }
    const header = jws(key, { location: 'header', parameter: 'X-Outcome' })
    expect(await one.verify(refusing(header), jsonPost('/p', '', { 'x-outcome': jwt }))).toMatchObject({ grade: 'E2' })
    expect(host.asked).toBe(1)
  })

  test('without claims that the configuration does not require is accepted too', async () => {
    const key = { kind: 'public_key', pem: spki } as const
    const bare = await token(ours, { session_id: 's1', outcome: 'COMPLETED' }, { kid: undefined })
    const open = jws(key, { issuer: null, audience: null, requireExp: false })
    expect(await mechanism(jwksHost([]).http).verify(refusing(open), arrive(bare))).toMatchObject({ signed: true })
    const strict = { ...open, requireExp: true }
    await expect(mechanism(jwksHost([]).http).verify(refusing(strict), arrive(bare))).rejects.toMatchObject({
      kind: 'forged',
      message: 'the token has no exp, so it would never expire',
    })
  })

  test('may be off by at most the configured skew', async () => {
    const key = { kind: 'public_key', pem: spki } as const
    const one = mechanism(jwksHost([]).http)
    const verdict = async (claims: object) =>
      one.verify(refusing(jws(key)), arrive(await token(ours, { ...CLAIMS, ...claims }))).then(
        () => 'believed',
        (error: { message: string }) => error.message,
      )
    expect(await verdict({ exp: seconds - 59 })).toBe('believed')
    expect(await verdict({ exp: seconds - 61 })).toBe('the token has expired')
    expect(await verdict({ nbf: seconds + 59 })).toBe('believed')
    expect(await verdict({ nbf: seconds + 61 })).toContain('time')
  })

  test('may be signed with a shared secret, where the configuration has one', async () => {
    const verifier = jws({ kind: 'secret', secret: 'a-shared-secret-of-32-bytes-or-more' }, { algorithms: ['HS256'] })
    const one = mechanism(jwksHost([]).http)
    const jwt = handmade({ alg: 'HS256' }, CLAIMS, hs('a-shared-secret-of-32-bytes-or-more'))
    expect(await one.verify(refusing(verifier), arrive(jwt))).toMatchObject({ signed: true })
    const other = handmade({ alg: 'HS256' }, CLAIMS, hs('a-shared-secret-of-32-bytes-or-less'))
    await expect(one.verify(refusing(verifier), arrive(other))).rejects.toMatchObject({ kind: 'forged' })
  })
})

describe('forged tokens', () => {
  async function forgeries(): Promise<[string, string][]> {
    const good = await token(ours)
    const [head = '', body = '', mac = ''] = good.split('.')
    const attacker = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const attackerJwk = { ...attacker.publicKey.export({ format: 'jwk' }), kid: 'k1' }
    const der = createPublicKey(spki).export({ type: 'spki', format: 'der' })
    const known = { alg: 'RS256', kid: 'k1' }
    const [pkcs1, jwkText] = [
      createPublicKey(spki).export({ type: 'pkcs1', format: 'pem' }).toString(),
      JSON.stringify(createPublicKey(spki).export({ format: 'jwk' })),
    ]
    const theirKey = rs(attacker.privateKey)
    const ec = await new SignJWT(CLAIMS).setProtectedHeader({ alg: 'ES256', kid: 'k1' }).sign(elliptic.privateKey)
    const changed = (claims: object) => token(ours, { ...CLAIMS, ...claims })
    const flip = (text: string, at: number) => text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1)
    const detached = await new CompactSign(Buffer.from(JSON.stringify(CLAIMS)))
      .setProtectedHeader({ ...known, b64: true, crit: ['b64'] })
      .sign(ours.privateKey)
    return [
      ['alg none, no signature', `${part({ alg: 'none' })}.${part(CLAIMS)}.`],
      ['alg none, junk signature', `${part({ alg: 'none' })}.${part(CLAIMS)}.AAAA`],
      ['alg None', handmade({ alg: 'None', kid: 'k1' }, CLAIMS, () => 'AA')],
      ['alg NONE', handmade({ alg: 'NONE', kid: 'k1' }, CLAIMS, () => 'AA')],
      ['alg none, the signature of another', `${part({ alg: 'none', kid: 'k1' })}.${body}.${mac}`],
      ['no alg', handmade({ kid: 'k1' }, CLAIMS, () => mac)],
      ['alg null', handmade({ alg: null, kid: 'k1' }, CLAIMS, () => mac)],
      ['alg a list', handmade({ alg: ['RS256'], kid: 'k1' }, CLAIMS, () => mac)],
      ['alg in lower case', handmade({ alg: 'rs256', kid: 'k1' }, CLAIMS, () => mac)],
      ['HS256 with the public key’s PEM', handmade({ alg: 'HS256', kid: 'k1' }, CLAIMS, hs(spki))],
      ['HS256 with the trimmed PEM', handmade({ alg: 'HS256', kid: 'k1' }, CLAIMS, hs(spki.trim()))],
      ['HS256 with the DER', handmade({ alg: 'HS256', kid: 'k1' }, CLAIMS, hs(der))],
      ['HS256 with the PKCS #1', handmade({ alg: 'HS256', kid: 'k1' }, CLAIMS, hs(pkcs1))],
      ['HS256 with the JWK', handmade({ alg: 'HS256', kid: 'k1' }, CLAIMS, hs(jwkText))],
      ['HS384 with the PEM', handmade({ alg: 'HS384', kid: 'k1' }, CLAIMS, hs(spki, 'sha384'))],
      ['HS512 with the PEM', handmade({ alg: 'HS512', kid: 'k1' }, CLAIMS, hs(spki, 'sha512'))],
      ['HS256 with an empty secret', handmade({ alg: 'HS256' }, CLAIMS, hs(''))],
      ['HS256 under RS256’s name', handmade(known, CLAIMS, hs(spki))],
      ['another’s key under our kid', await token(theirs)],
      ['another’s key, no kid', await token(theirs, CLAIMS, { kid: undefined })],
      ['another’s key, unknown kid', await token(theirs, CLAIMS, { kid: 'k2' })],
      ['embedded jwk', handmade({ ...known, jwk: attackerJwk }, CLAIMS, theirKey)],
      ['embedded jwk, no kid', handmade({ alg: 'RS256', jwk: attackerJwk }, CLAIMS, theirKey)],
      ['jku', handmade({ ...known, jku: 'https://evil.example/jwks' }, CLAIMS, theirKey)],
      ['jku, unknown kid', handmade({ alg: 'RS256', kid: 'evil', jku: 'https://evil.example/jwks' }, CLAIMS, theirKey)],
      ['x5u', handmade({ ...known, x5u: 'https://evil.example/cert' }, CLAIMS, theirKey)],
      ['x5c', handmade({ ...known, x5c: [der.toString('base64')] }, CLAIMS, theirKey)],
      ['kid as a path', handmade({ alg: 'RS256', kid: '../../../../dev/null' }, CLAIMS, hs(''))],
      ['kid as SQL', handmade({ alg: 'RS256', kid: "k1' OR '1'='1" }, CLAIMS, theirKey)],
      ['kid as an address', handmade({ alg: 'RS256', kid: 'https://evil.example/key' }, CLAIMS, theirKey)],
      ['kid a number', handmade({ alg: 'RS256', kid: 1 }, CLAIMS, theirKey)],
      ['kid __proto__', handmade({ alg: 'RS256', kid: '__proto__' }, CLAIMS, theirKey)],
      ['crit with an unknown word', handmade({ ...known, crit: ['exp'], exp: 1 }, CLAIMS, rs(attacker.privateKey))],
      ['crit empty', handmade({ ...known, crit: [] }, CLAIMS, theirKey)],
      ['b64 false', handmade({ ...known, b64: false, crit: ['b64'] }, CLAIMS, theirKey)],
      ['PS256 where RS256 was agreed', handmade({ alg: 'PS256', kid: 'k1' }, CLAIMS, () => mac)],
      [
        'RS512 where RS256 was agreed',
        handmade({ alg: 'RS512', kid: 'k1' }, CLAIMS, rs(attacker.privateKey, 'sha512')),
      ],
      ['ES256 of another key', ec],
      ['another issuer', await changed({ iss: 'https://evil.example' })],
      ['no issuer', await changed({ iss: undefined })],
      ['another audience', await changed({ aud: 'somebody-else' })],
      ['no audience', await changed({ aud: undefined })],
      ['audience as a longer text', await changed({ aud: 'tributary2' })],
      ['expired', await changed({ exp: seconds - 3_600 })],
      ['exp as text', await changed({ exp: String(seconds + 600) })],
      ['not yet valid', await changed({ nbf: seconds + 3_600 })],
      ['claims of another token', `${head}.${part({ ...CLAIMS, outcome: 'COMPLETED', session_id: 's2' })}.${mac}`],
      ['one byte of the claims changed', `${head}.${flip(body, 10)}.${mac}`],
      ['one byte of the header changed', `${flip(head, 5)}.${body}.${mac}`],
      ['one byte of the signature changed', `${head}.${body}.${flip(mac, 20)}`],
      ['signature cut', `${head}.${body}.${mac.slice(0, 100)}`],
      ['no signature', `${head}.${body}.`],
      ['two parts', `${head}.${body}`],
      ['four parts', `${good}.AAAA`],
      ['an encrypted token', `${part({ alg: 'dir', enc: 'A256GCM' })}.AA.AA.AA.AA`],
      [
        'claims that are no object',
        await new CompactSign(Buffer.from('"COMPLETED"')).setProtectedHeader(known).sign(ours.privateKey),
      ],
      [
        'claims that are no JSON',
        await new CompactSign(Buffer.from('{{')).setProtectedHeader(known).sign(ours.privateKey),
      ],
      ['standard base64', `${head}.${body}.${mac.replace(/[-_]/g, '+')}=`],
      ['JSON serialization', JSON.stringify({ protected: head, payload: body, signature: mac })],
      ['far too long', `${head}.${body}${'A'.repeat(20_000)}.${mac}`],
      ['not a token', 'COMPLETED'],
      ['empty', ''],
      ['detached', `${detached.split('.')[0]}..${detached.split('.')[2]}`],
    ]
  }

  test('are all refused, with a JWKS or with one key', async () => {
    const all = await forgeries()
    expect(all.length).toBeGreaterThanOrEqual(60)
    const jwk = await publicJwk(ours, 'k1')
    const one = mechanism(jwksHost([jwk, { ...(await publicJwk(elliptic, 'k9')) }]).http)
    const sources = [
      { kind: 'jwks', url: 'https://gateway.example/jwks' },
      { kind: 'public_key', pem: spki },
    ] as const
    for (const key of sources) {
      const verifier = jws(key)
      await expect(one.verify(refusing(verifier), arrive(await token(ours)))).resolves.toMatchObject({ signed: true })
      const accepted: string[] = []
      for (const [name, jwt] of all) {
        const url = `/returns/k?jws=${encodeURIComponent(jwt)}`
        const error = await one.verify(refusing(verifier), arrivalOf(url)).then(
          () => accepted.push(name),
          (reason: unknown) => reason,
        )
        if (typeof error !== 'number') expect(error, name).toMatchObject({ name: 'VerificationError', kind: 'forged' })
      }
      expect(accepted).toEqual([])
    }
  })

  test('a token twice, or no token', async () => {
    const jwt = await token(ours)
    const one = mechanism(jwksHost([]).http)
    const verifier = jws({ kind: 'public_key', pem: spki })
    const another = await token(ours, { ...CLAIMS, outcome: 'TERMINATED' })
    for (const second of [another, jwt])
      await expect(one.verify(refusing(verifier), arrivalOf(`/r?jws=${jwt}&jws=${second}`))).rejects.toMatchObject({
        kind: 'malformed',
      })
    await expect(one.verify(refusing(verifier), arrivalOf('/r?outcome=COMPLETED'))).rejects.toMatchObject({
      kind: 'forged',
    })
    // An unsigned arrival has no claims, so that `unsigned` has nothing to accept.
    const lenient = { verify: [verifier], unsigned: 'not_completed' as const }
    await expect(one.verify(lenient, arrivalOf('/r?session_id=s&outcome=TERMINATED'))).rejects.toMatchObject({
      kind: 'forged',
    })
  })

  test('shared secrets in a published set are refused', async () => {
    const secret = 'a-shared-secret-of-32-bytes-or-more'
    const host = jwksHost([{ kty: 'oct', k: Buffer.from(secret).toString('base64url'), kid: 'k1' }])
    const verifier = jws({ kind: 'jwks', url: 'https://gateway.example/jwks' }, { algorithms: ['RS256', 'HS256'] })
    const jwt = handmade({ alg: 'HS256', kid: 'k1' }, CLAIMS, hs(secret))
    await expect(mechanism(host.http).verify(refusing(verifier), arrive(jwt))).rejects.toMatchObject({ kind: 'forged' })
  })

  test('a public key is not used as a shared secret, even when HS256 is pinned by mistake', async () => {
    const verifier = jws({ kind: 'public_key', pem: spki }, { algorithms: ['RS256', 'HS256'] })
    for (const secret of [spki, spki.trim()]) {
      const jwt = handmade({ alg: 'HS256' }, CLAIMS, hs(secret))
      await expect(mechanism(jwksHost([]).http).verify(refusing(verifier), arrive(jwt))).rejects.toMatchObject({
        kind: 'forged',
      })
    }
  })
})

describe('published keys', () => {
  const verifier = () => jws({ kind: 'jwks', url: 'https://gateway.example/jwks' })

  test('a new key is used at its first token, without a restart', async () => {
    const host = jwksHost([await publicJwk(ours, 'k1')])
    const one = mechanism(host.http)
    await one.verify(refusing(verifier()), arrive(await token(ours)))
    host.keys = [await publicJwk(theirs, 'k2')]
    const rotated = await token(theirs, CLAIMS, { kid: 'k2' })
    expect(await one.verify(refusing(verifier()), arrive(rotated))).toMatchObject({ signed: true })
    expect(host.asked).toBe(2)
    // The old key was removed with that.
    await expect(one.verify(refusing(verifier()), arrive(await token(ours)))).rejects.toMatchObject({ kind: 'forged' })
  })

  test('a token without a kid finds a key that was published later', async () => {
    const host = jwksHost([await publicJwk(ours)])
    const one = mechanism(host.http)
    const bare = (pair: Pair) => token(pair, CLAIMS, { kid: undefined })
    await one.verify(refusing(verifier()), arrive(await bare(ours)))
    host.keys = [await publicJwk(ours), await publicJwk(theirs)]
    expect(await one.verify(refusing(verifier()), arrive(await bare(theirs)))).toMatchObject({ signed: true })
  })

  test('two hundred tokens at the same time are one request to the host', async () => {
    const host = jwksHost([await publicJwk(ours, 'k1')])
    let open = () => {}
    host.wait = new Promise((done) => {
      open = () => done(undefined)
    })
    const one = mechanism(host.http)
    const jwt = await token(ours)
    const verdicts = Promise.all(Array.from({ length: 200 }, () => one.verify(refusing(verifier()), arrive(jwt))))
    await new Promise((done) => setTimeout(done, 10))
    open()
    expect(await verdicts).toHaveLength(200)
    expect(host.asked).toBe(1)
  })

  test('tokens with unknown kids cause few requests, and delay a real rotation only briefly', async () => {
    let now = NOW.getTime()
    const host = jwksHost([await publicJwk(ours, 'k1')])
    const one = mechanism(host.http, () => new Date(now))
    await one.verify(refusing(verifier()), arrive(await token(ours)))
    for (let attempt = 0; attempt < 300; attempt++) {
      const stranger = await token(theirs, CLAIMS, { kid: `stranger-${attempt}` })
      await expect(one.verify(refusing(verifier()), arrive(stranger))).rejects.toMatchObject({ kind: 'forged' })
    }
    expect(host.asked).toBeLessThanOrEqual(4)
    host.keys = [await publicJwk(theirs, 'k2')]
    now += 10_000
    const rotated = await token(theirs, CLAIMS, { kid: 'k2' })
    expect(await one.verify(refusing(verifier()), arrive(rotated))).toMatchObject({ signed: true })
  })

  test('known keys are used while the host is down, and renewed when it is back', async () => {
    let now = NOW.getTime()
    const host = jwksHost([await publicJwk(ours, 'k1')])
    const one = mechanism(host.http, () => new Date(now))
    const claims = () => ({ ...CLAIMS, exp: Math.floor(now / 1_000) + 600 })
    await one.verify(refusing(verifier()), arrive(await token(ours, claims())))
    host.away = true
    for (let hour = 0; hour < 5; hour++) {
      now += 3_600_000
      expect(await one.verify(refusing(verifier()), arrive(await token(ours, claims())))).toMatchObject({
        signed: true,
      })
    }
    host.away = false
    now += 3_600_000
    const before = host.asked
    await one.verify(refusing(verifier()), arrive(await token(ours, claims())))
    expect(host.asked).toBe(before + 1)
  })

  test('a host that was never reached is unavailable, not forged, so that the sender retries', async () => {
    let now = NOW.getTime()
    const host = jwksHost([await publicJwk(ours, 'k1')])
    host.away = true
    const one = mechanism(host.http, () => new Date(now))
    const jwt = await token(ours)
    for (let attempt = 0; attempt < 50; attempt++) {
      await expect(one.verify(refusing(verifier()), arrive(jwt))).rejects.toMatchObject({ kind: 'unavailable' })
    }
    expect(host.asked).toBe(1)
    host.away = false
    now += 2_500
    expect(await one.verify(refusing(verifier()), arrive(jwt))).toMatchObject({ signed: true })
  })
})
