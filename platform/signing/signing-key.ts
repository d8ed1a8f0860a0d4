import { createPrivateKey, createPublicKey, generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto'
import type { JWK } from 'jose'
import { algorithmOf, type SignatureAlgorithm } from '../config/signing-key.js'

export type SigningAlgorithm = SignatureAlgorithm

/**
 * A new ES256 key, for an installation that configures none: stored in the database, so that every process signs with
 * it.
 * @returns the private key as PKCS #8 PEM
 */
export function generateSigningKey(): { pem: string; algorithm: SigningAlgorithm } {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return { pem: pemOf(privateKey), algorithm: 'ES256' }
}

/**
 * Reads a private key and finds its one algorithm.
 * @throws RangeError when it is not a private key, or is of a kind or size that must not sign. Never repeats the key
 */
export function signingKeyFrom(given: string | JWK): { pem: string; algorithm: SigningAlgorithm } {
  const key = read(given)
  const algorithm = key === null ? null : algorithmOf(key)
  if (key === null || algorithm === null) {
    throw new RangeError(
      'signing.private_key must be a private key as PEM or JWK: EC, RSA of 2048 bits or more, Ed25519',
    )
  }
  return { pem: pemOf(key), algorithm }
}

/** The public half of a private key. */
export function publicPartOf(pem: string): KeyObject {
  return createPublicKey(pem)
}

function pemOf(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString()
}

function read(given: string | JWK): KeyObject | null {
  try {
    const text = typeof given === 'string' ? given.trim() : ''
    const jwk: unknown = text.startsWith('{') ? JSON.parse(text) : given
    if (typeof jwk === 'object' && jwk !== null) {
      return createPrivateKey({ key: jwk as JsonWebKey, format: 'jwk' })
    }
    // An environment variable often carries its line breaks as \n.
    return createPrivateKey(text.replaceAll('\\n', '\n'))
  } catch {
    return null
  }
}
