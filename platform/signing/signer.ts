import { randomUUID } from 'node:crypto'
import { type CryptoKey, calculateJwkThumbprint, exportJWK, importPKCS8, type JWK, SignJWT } from 'jose'
import { publicPartOf, type SigningAlgorithm, signingKeyFrom } from './signing-key.js'

export interface SignerOptions {
  /**
   * PEM (PKCS #8, SEC 1, PKCS #1) or JWK, also as JSON text. P-256, P-384, P-521, RSA ≥ 2048 bits, Ed25519.
   */
  readonly privateKey: string | JWK
  /** Names the key in tokens and in the published set [its RFC 7638 thumbprint]. */
  readonly kid?: string | undefined
  /** `iss` of every token: our public address. A function if it is known only once we listen. */
  readonly issuer: string | (() => string)
  readonly clock?: (() => Date) | undefined
}

export interface TokenOptions {
  /** The panel's id. */
  readonly audience: string
  readonly expiresInSeconds: number
}

/** Signs tokens for panels. */
export interface Signer {
  readonly kid: string
  readonly algorithm: SigningAlgorithm
  /**
   * A compact JWS with these claims and `iss`, `aud`, `iat`, `exp`, and a `jti` of its own unless the claims have one.
   * @throws RangeError when the token would live longer than 15 minutes (docs/sessions.md, What you receive)
   */
  sign(claims: Readonly<Record<string, unknown>>, options: TokenOptions): Promise<string>
  /** The content of /.well-known/jwks.json. */
  publicJwks(): { keys: readonly JWK[] }
}

const LONGEST_SECONDS = 15 * 60

/**
 * Creates the signer of our tokens. Reads and imports the key once.
 * @throws RangeError when the key must not sign
 */
export async function createSigner(options: SignerOptions): Promise<Signer> {
  const { pem, algorithm } = signingKeyFrom(options.privateKey)
  const publicJwk = await exportJWK(publicPartOf(pem))
  const kid = options.kid ?? (await calculateJwkThumbprint(publicJwk))
  const key: CryptoKey = await importPKCS8(pem, algorithm)
  const published: JWK = { ...publicJwk, kid, alg: algorithm, use: 'sig' }
  const clock = options.clock ?? (() => new Date())
  const issuer = () => (typeof options.issuer === 'function' ? options.issuer() : options.issuer)

  return {
    kid,
    algorithm,
    publicJwks: () => ({ keys: [published] }),
    sign(claims, { audience, expiresInSeconds }) {
      if (!(expiresInSeconds > 0 && expiresInSeconds <= LONGEST_SECONDS)) {
        throw new RangeError(`a token lives from 1 to ${LONGEST_SECONDS} seconds, got ${expiresInSeconds}`)
      }
      const issuedAt = Math.floor(clock().getTime() / 1_000)
      const exp = issuedAt + Math.floor(expiresInSeconds)
      const times = { iat: issuedAt, exp }
      return new SignJWT({ jti: randomUUID(), ...claims, iss: issuer(), aud: audience, ...times })
        .setProtectedHeader({ alg: algorithm, kid, typ: 'JWT' })
        .sign(key)
    },
  }
}
