import { decodeProtectedHeader, importSPKI, jwtVerify } from 'jose'
import type { Verifier } from '../config/verification-schema.js'
import { parseJsonBytes } from '../json/parse-json.js'
import { type ParsedArrival, signatureIn } from './arrival.js'
import type { KeyQuery, KeySet, VerifyKey } from './jwks.js'
import { VerificationError } from './verification-error.js'

export type JwsVerifier = Extract<Verifier, { kind: 'jws' }>

/** Where the keys of one verifier come from; never from the token. */
export interface KeySource {
  find(query: KeyQuery, notThese?: ReadonlySet<VerifyKey>): Promise<VerifyKey[]>
}

/** The key source that a configuration names: a JWKS URL, or one key that never changes. */
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
      // An RSA text used as a shared secret would accept HS256 signatures made with the public key.
      if (algorithm.startsWith('HS')) return []
      const known = imported.get(algorithm) ?? importSPKI(key.pem, algorithm)
      imported.set(algorithm, known)
      const one = await known
      return notThese?.has(one) ? [] : [one]
    },
  }
}

/** The largest outcome token. */
const TOKEN_CHARACTERS = 16 * 1024

/** The token of an arrival, from its configured location; undefined when there is none. */
export function tokenIn(verifier: JwsVerifier, arrival: ParsedArrival): string | undefined {
  const whole = verifier.location === 'body' ? arrival.body?.token : null
  if (whole !== null && whole !== undefined) return whole
  return signatureIn(arrival, verifier.location, verifier.parameter)?.text
}

/** The content of a verified token. */
export interface ProvenToken {
  readonly claims: Readonly<Record<string, unknown>>
  /** The text that was signed: the token without its signature, which has more than one spelling. */
  readonly signed: string
}

/**
 * Verifies an outcome token (RFC 8725; docs/configuration.md, "How arrivals are read"). The algorithm must be one of
 * those pinned in configuration and suit the configured key; keys, addresses of keys and certificates inside the token
 * are ignored. `exp` is required unless configuration says otherwise, because a token without it would never expire.
 * @throws VerificationError
 */
export async function checkJws(
  verifier: JwsVerifier,
  source: KeySource,
  token: string,
  now: Date,
): Promise<ProvenToken> {
  const query = headerOf(token, verifier)
  const tried = new Set<VerifyKey>()
  for (;;) {
    const keys = await source.find(query, tried)
    if (keys.length === 0) throw new VerificationError('forged', 'the token is not signed by a known key')
    for (const key of keys) {
      if (await holds(token, key, verifier, now)) return proven(token)
      tried.add(key)
    }
    // A token that names its key is tried with that key; one that does not may use a newly published key.
    if (query.kid !== undefined) throw new VerificationError('forged', 'the token’s signature does not match')
  }
}

/** The claims with whole integers, which a double would round. */
function proven(token: string): ProvenToken {
  const signed = token.slice(0, token.lastIndexOf('.'))
  try {
    const claims = parseJsonBytes(Buffer.from(signed.slice(signed.indexOf('.') + 1), 'base64url'))
    if (typeof claims === 'object' && claims !== null) return { claims: { ...claims }, signed }
  } catch (error) {
    throw new VerificationError('malformed', 'the token’s claims are unreadable', { cause: error })
  }
  throw new VerificationError('malformed', 'the token’s claims are not an object')
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
  if (!algorithm) throw new VerificationError('forged', 'the token’s algorithm is not a configured one')
  if (header.kid !== undefined && typeof header.kid !== 'string') {
    throw new VerificationError('forged', 'the token’s kid is not text')
  }
  return { kid: header.kid, algorithm }
}

/** False when this key did not sign it; throws when it did and the claims are for another audience or time. */
async function holds(token: string, key: VerifyKey, verifier: JwsVerifier, now: Date): Promise<boolean> {
  try {
    await jwtVerify(token, key, {
      algorithms: [...verifier.algorithms],
      clockTolerance: verifier.clockSkew / 1_000,
      currentDate: now,
      requiredClaims: verifier.requireExp ? ['exp'] : [],
      ...(verifier.issuer === null ? {} : { issuer: verifier.issuer }),
      ...(verifier.audience === null ? {} : { audience: verifier.audience }),
    })
    return true
  } catch (error) {
    const { code, claim, reason } = (error ?? {}) as { code?: unknown; claim?: unknown; reason?: unknown }
    if (code === 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED') return false
    const why = claim === 'exp' && reason === 'missing' ? WITHOUT_EXP : REASONS[String(code)]
    throw new VerificationError('forged', why ?? 'the token is invalid', { cause: error })
  }
}

const WITHOUT_EXP = 'the token has no exp, so it would never expire'

const REASONS: Readonly<Record<string, string>> = {
  ERR_JWT_EXPIRED: 'the token has expired',
  ERR_JWT_CLAIM_VALIDATION_FAILED: 'the token’s issuer, audience or time is invalid',
}
