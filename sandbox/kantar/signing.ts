import { randomUUID } from 'node:crypto'
import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose'
import type { Clock } from '../clock.js'

/** The algorithm of the outcome tokens. Their document names none; RS256 is what most verifiers are configured with. */
const ALGORITHM = 'RS256'
/** The lifetime of a token, in seconds. */
export const TOKEN_LIFE_SECONDS = 600

interface SigningKey {
  kid: string
  privateJwk: JWK
  privateKey: CryptoKey
  publicJwk: JWK
}

export interface SignerOptions {
  clock: Clock
  /** The tokens' `iss`. */
  issuer: () => string
  /** The tokens' `aud`. */
  audience: string
  /** Private keys (RSA, as JWK) to continue with, the newest last [one is generated]. */
  keys?: readonly JWK[]
}

/** Signs outcome tokens, and publishes the keys to verify them. */
export interface Signer {
  /** A compact JWS with `claims` and iss, aud, iat, exp and a jti of its own. */
  sign(claims: Record<string, unknown>): Promise<{ jws: string; jti: string; signedAt: Date }>
  /** The public keys as a JWK set, the newest last. */
  publicKeys(): Promise<{ keys: JWK[] }>
  /** Signs with a new key from now on; the old ones stay published, unless `forget`. */
  rotate(options?: { forget?: boolean }): Promise<string>
  /** The private keys, to continue with after a restart. */
  exportKeys(): Promise<JWK[]>
}

export function createSigner({ clock, issuer, audience, keys: given = [] }: SignerOptions): Signer {
  let keys: Promise<SigningKey[]> | undefined

  // created on first use: an RSA key takes a good part of a second, and many tests never sign
  function ready(): Promise<SigningKey[]> {
    keys ??= given.length > 0 ? Promise.all(given.map(importKey)) : generateKey().then((key) => [key])
    return keys
  }

  return {
    async sign(claims) {
      const key = (await ready()).at(-1)
      if (!key) throw new Error('the sandbox has no signing key; rotate the keys to make one')
      const signedAt = clock.now()
      const issuedAt = Math.floor(signedAt.getTime() / 1000)
      const jti = randomUUID()
      const jws = await new SignJWT(claims)
        .setProtectedHeader({ alg: ALGORITHM, kid: key.kid, typ: 'JWT' })
        .setIssuer(issuer())
        .setAudience(audience)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + TOKEN_LIFE_SECONDS)
        .setJti(jti)
        .sign(key.privateKey)
      return { jws, jti, signedAt }
    },
    publicKeys: async () => ({ keys: (await ready()).map(({ publicJwk }) => publicJwk) }),
    async rotate({ forget = false } = {}) {
      const former = forget ? [] : await ready()
      const key = await generateKey()
      keys = Promise.resolve([...former, key])
      return key.kid
    },
    exportKeys: async () => (await ready()).map(({ privateJwk }) => privateJwk),
  }
}

async function generateKey(): Promise<SigningKey> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true, modulusLength: 2048 })
  return importKey(await exportJWK(privateKey))
}

async function importKey(privateJwk: JWK): Promise<SigningKey> {
  const { kty, n, e } = privateJwk
  if (kty !== 'RSA' || n === undefined || e === undefined)
    throw new Error('a signing key of the sandbox must be a private RSA key as JWK')
  // the thumbprint as kid: two keys never share one, after any restart
  const kid = await calculateJwkThumbprint({ kty, n, e })
  const privateKey = await importJWK(privateJwk, ALGORITHM)
  if (privateKey instanceof Uint8Array) throw new Error('a signing key of the sandbox must be a private RSA key as JWK')
  return { kid, privateJwk, privateKey, publicJwk: { kty, n, e, kid, alg: ALGORITHM, use: 'sig' } }
}
