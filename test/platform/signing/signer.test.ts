import { generateKeyPairSync } from 'node:crypto'
import { calculateJwkThumbprint, createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose'
import { describe, expect, test } from 'vitest'
import { createSigner } from '../../../platform/signing/signer.js'
import { generateSigningKey, signingKeyFrom } from '../../../platform/signing/signing-key.js'

const NOW = new Date('2026-11-20T10:00:00.900Z')
const issuer = 'https://panel.example'
const options = { audience: 'lifepoints', expiresInSeconds: 600 }

function rsa(bits: number) {
  return generateKeyPairSync('rsa', { modulusLength: bits }).privateKey
}

describe('tokens to panels', () => {
  test('verify with the published set, and have issuer, audience and expiry', async () => {
    const signer = await createSigner({ privateKey: generateSigningKey().pem, issuer, clock: () => NOW })
    const token = await signer.sign({ session_id: 's1', iss: 'somebody else', aud: 'x', exp: 1 }, options)
    const keys = createLocalJWKSet({ keys: [...signer.publicJwks().keys] })
    const { payload } = await jwtVerify(token, keys, { issuer, audience: 'lifepoints', currentDate: NOW })
    const issuedAt = Math.floor(NOW.getTime() / 1_000)
    expect(payload).toEqual({
      session_id: 's1',
      iss: issuer,
      aud: 'lifepoints',
      iat: issuedAt,
      exp: issuedAt + 600,
      jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
    })
    expect(decodeProtectedHeader(token)).toMatchObject({ alg: 'ES256', kid: signer.kid })
    const changed = token.slice(0, -3) + (token.endsWith('AAA') ? 'BBB' : 'AAA')
    await expect(jwtVerify(changed, keys, { currentDate: NOW })).rejects.toThrow()
  })

  test('have a jti of their own, unless the caller gives one', async () => {
    const signer = await createSigner({ privateKey: generateSigningKey().pem, issuer })
    const [first, second] = await Promise.all([signer.sign({}, options), signer.sign({}, options)])
    expect(first).not.toBe(second)
    const payload = JSON.parse(
      Buffer.from((await signer.sign({ jti: 'mine' }, options)).split('.')[1] ?? '', 'base64url').toString(),
    )
    expect(payload.jti).toBe('mine')
  })

  test('the published key has no private part, and its kid is the thumbprint', async () => {
    const signer = await createSigner({ privateKey: generateSigningKey().pem, issuer })
    const [jwk = {}] = signer.publicJwks().keys
    expect(jwk).toEqual({
      kty: 'EC',
      crv: 'P-256',
      x: expect.any(String),
      y: expect.any(String),
      kid: signer.kid,
      alg: 'ES256',
      use: 'sig',
    })
    expect(signer.kid).toBe(await calculateJwkThumbprint(jwk))
  })

  test.each([
    [
      'an EC key as SEC 1 PEM',
      generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'sec1', format: 'pem' }).toString(),
      'ES256',
    ],
    [
      'a P-384 key as JWK',
      generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey.export({ format: 'jwk' }),
      'ES384',
    ],
    [
      'a JWK as text',
      JSON.stringify(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' })),
      'ES256',
    ],
    ['RSA as PKCS #1 PEM', rsa(2048).export({ type: 'pkcs1', format: 'pem' }).toString(), 'RS256'],
    [
      'a PEM on one line',
      rsa(2048).export({ type: 'pkcs8', format: 'pem' }).toString().replaceAll('\n', '\\n'),
      'RS256',
    ],
    ['Ed25519', generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), 'EdDSA'],
  ])('%s signs', async (_name, privateKey, algorithm) => {
    const signer = await createSigner({ privateKey, issuer, kid: 'named' })
    const keys = createLocalJWKSet({ keys: [...signer.publicJwks().keys] })
    const { protectedHeader } = await jwtVerify(await signer.sign({}, options), keys)
    expect(protectedHeader).toMatchObject({ alg: algorithm, kid: 'named' })
  })

  test('keys that cannot sign are refused, and the message does not repeat them', () => {
    const secret = rsa(1024).export({ type: 'pkcs8', format: 'pem' }).toString()
    const publicPem = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      .publicKey.export({ type: 'spki', format: 'pem' })
      .toString()
    const koblitz = generateKeyPairSync('ec', { namedCurve: 'secp256k1' })
      .privateKey.export({ type: 'pkcs8', format: 'pem' })
      .toString()
    for (const key of [secret, publicPem, koblitz, '', 'secret', '{}', '{', { kty: 'oct', k: 'c2VjcmV0' }]) {
      expect(() => signingKeyFrom(key)).toThrow(/signing\.private_key must be/)
    }
  })

  test('no token lives longer than fifteen minutes', async () => {
    const signer = await createSigner({ privateKey: generateSigningKey().pem, issuer })
    for (const expiresInSeconds of [901, 0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => signer.sign({}, { ...options, expiresInSeconds })).toThrow(RangeError)
    }
    await signer.sign({}, { ...options, expiresInSeconds: 900 })
  })
})
