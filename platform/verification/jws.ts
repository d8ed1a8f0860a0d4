import { decodeProtectedHeader, importSPKI, type JWTPayload, jwtVerify } from 'jose'
import type { Verifier } from '../config/verification-schema.js'
import { type ParsedArrival, signatureIn } from './arrival.js'
import type { KeyQuery, KeySet, VerifyKey } from './jwks.js'
import { VerificationError } from './verification-error.js'

export type JwsVerifier = Extract<Verifier, { kind: 'jws' }>

/** Where the keys of one verifier come from; never from the token. */
export interface KeySource {
  find(query: KeyQuery, notThese?: ReadonlySet<VerifyKey>): Promise<VerifyKey[]>
}

/** The key source a configuration names: a JWKS followed by URL, or one key that never changes. */
export function keySourceOf(verifier: JwsVerifier, keySetAt: (url: string) => KeySet): KeySource {
  const { key } = verifier
  if (key.kind === 'jwks') return keySetAt(key.url)
  if (key.kind === 'secret') {
    const bytes = new TextEncoder().encode(key.secret)
    return {
      find: async ({ algorithm }, notThese) => (algorithm.startsWith('HS') && !notThese?.has(bytes) ? [bytes] : []),
    }
  }
  const imported = new Map<string, Promise<VerifyKey>>()
  return {
    async find({ algorithm }, notThese) {
      // An RSA text taken as a shared secret would accept HS256 of everybody who knows the public key.
      if (algorithm.startsWith('HS')) return []
      const known = imported.get(algorithm) ?? importSPKI(key.pem, algorithm)
      imported.set(algorithm, known)
      const one = await known
      return notThese?.has(one) ? [] : [one]
    },
  }
}

/** A token larger than this is no outcome token. */
const TOKEN_CHARACTERS = 16 * 1024

/** The token of an arrival, wherever configuration says it stands; undefined when there is none. */
export function tokenIn(verifier: JwsVerifier, arrival: ParsedArrival): string | undefined {
  const whole = verifier.location === 'body' ? arrival.wholeBody : null
  if (whole !== null && whole !== '') return whole
  return signatureIn(arrival, verifier.location, verifier.parameter)?.text
}

/**
 * Verifies an outcome token (contract §2; RFC 8725). The algorithm must be one of those pinned in configuration and suit
 * the configured key; keys, addresses of keys and certificates inside the token are never looked at.
 * @returns the token's claims
 * @throws VerificationError
 */
export async function checkJws(
  verifier: JwsVerifier,
  source: KeySource,
  arrival: ParsedArrival,
  now: Date,
): Promise<JWTPayload> {
  const token = tokenIn(verifier, arrival)
  if (token === undefined) throw new VerificationError('forged', 'the token is missing')
  const query = headerOf(token, verifier)
  const tried = new Set<VerifyKey>()
  for (;;) {
    const keys = await source.find(query, tried)
    if (keys.length === 0) throw new VerificationError('forged', 'the token is not signed by a known key')
    for (const key of keys) {
      const claims = await claimsOf(token, key, verifier, now)
      if (claims) return claims
      tried.add(key)
    }
    // A token that names its key is tried with that key; one that does not may be of a key published since.
    if (query.kid !== undefined) throw new VerificationError('forged', 'the token’s signature does not hold')
  }
}

function headerOf(token: string, verifier: JwsVerifier): KeyQuery {
  if (token.length > TOKEN_CHARACTERS || !/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) {
    throw new VerificationError('forged', 'the token is not a signed token')
  }
  let header: { alg?: string; kid?: string }
  try {
    header = decodeProtectedHeader(token)
  } catch (error) {
    throw new VerificationError('forged', 'the token’s header is unreadable', { cause: error })
  }
  const algorithm = verifier.algorithms.find((name) => name === header.alg)
  if (!algorithm) throw new VerificationError('forged', 'the token’s algorithm is not the agreed one')
  if (header.kid !== undefined && typeof header.kid !== 'string') {
    throw new VerificationError('forged', 'the token’s kid is not text')
  }
  return { kid: header.kid, algorithm }
}

/** Null when this key did not sign it; throws when it did and the claims are not for us, or not for now. */
async function claimsOf(token: string, key: VerifyKey, verifier: JwsVerifier, now: Date): Promise<JWTPayload | null> {
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: [...verifier.algorithms],
      clockTolerance: verifier.clockSkew / 1_000,
      currentDate: now,
      ...(verifier.issuer === null ? {} : { issuer: verifier.issuer }),
      ...(verifier.audience === null ? {} : { audience: verifier.audience }),
    })
    return payload
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : ''
    if (code === 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED') return null
    const reason = REASONS[String(code)] ?? 'the token is not acceptable'
    throw new VerificationError('forged', reason, { cause: error })
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ERR_JWT_EXPIRED: 'the token has expired',
  ERR_JWT_CLAIM_VALIDATION_FAILED: 'the token’s issuer, audience or time is not the agreed one',
}
