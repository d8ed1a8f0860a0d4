import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { fromEnvironment } from './field-notes.js'
import { Complaint, field } from './fields.js'

/** A private key to sign with, and its one algorithm. */
export interface SigningKey {
  /** PKCS #8 PEM, for every form in the configuration. */
  readonly pem: string
  readonly algorithm: SignatureAlgorithm
  /** The `kid` of the JWK, if there is one. */
  readonly keyId: string | null
}
export type SignatureAlgorithm = 'ES256' | 'ES384' | 'ES512' | 'RS256' | 'EdDSA'

/** A private key as PEM or JWK. */
export const privateKey = field({ example: fromEnvironment('TRIBUTARY_SIGNING_KEY'), secret: true }, (value) => {
  const key = readKey(value, createPrivateKey)
  if (!key) return new Complaint('must be a private key as PEM or JWK')
  const algorithm = algorithmOf(key)
  if (!algorithm) return new Complaint('must be an EC (P-256, P-384, P-521), RSA (2048 bits or more) or Ed25519 key')
  const jwk = jwkIn(value)
  const keyId = typeof jwk?.kid === 'string' ? jwk.kid : null
  return { pem: key.export({ type: 'pkcs8', format: 'pem' }).toString(), algorithm, keyId } satisfies SigningKey
})

/** A public key as PEM (SPKI or certificate) or JWK; SPKI PEM in the program. */
export const publicKey = field({ example: fromEnvironment('PROVIDER_PUBLIC_KEY') }, (value) => {
  const jwk = jwkIn(value)
  if (jwk && 'd' in jwk) return new Complaint('must be the public half only; this JWK holds a private key')
  if (typeof value === 'string' && value.includes('PRIVATE KEY'))
    return new Complaint('must be the public half only; this PEM holds a private key')
  const key = readKey(value, createPublicKey)
  if (!key) return new Complaint('must be a public key as PEM or JWK')
  if (!algorithmOf(key)) return new Complaint('must be an EC, RSA (2048 bits or more) or Ed25519 key')
  return key.export({ type: 'spki', format: 'pem' }).toString()
})

type Jwk = Record<string, unknown>

function jwkIn(value: unknown): Jwk | null {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  if (typeof value !== 'string' || !value.trimStart().startsWith('{')) return null
  try {
    const parsed: unknown = JSON.parse(value)
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : null
  } catch {
    return null
  }
}

type KeyReader = (input: string | { key: Jwk; format: 'jwk' }) => KeyObject

function readKey(value: unknown, create: KeyReader): KeyObject | null {
  try {
    const jwk = jwkIn(value)
    if (jwk) return create({ key: jwk, format: 'jwk' })
    // An environment variable often carries its line breaks as \n.
    return typeof value === 'string' ? create(value.replaceAll('\\n', '\n')) : null
  } catch {
    return null
  }
}

const CURVES: Record<string, SignatureAlgorithm> = { prime256v1: 'ES256', secp384r1: 'ES384', secp521r1: 'ES512' }

/** The algorithm of a key; null for curves and sizes that must not sign. */
export function algorithmOf(key: KeyObject): SignatureAlgorithm | null {
  const details = key.asymmetricKeyDetails
  if (key.asymmetricKeyType === 'ec') return CURVES[details?.namedCurve ?? ''] ?? null
  if (key.asymmetricKeyType === 'rsa') return (details?.modulusLength ?? 0) >= 2048 ? 'RS256' : null
  return key.asymmetricKeyType === 'ed25519' ? 'EdDSA' : null
}
