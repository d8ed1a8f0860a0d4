import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, errors, jwtVerify } from 'jose'

/** A token that came back with the browser: its claims, and whether they are valid. */
export interface CheckedToken {
  header: unknown
  claims: Record<string, unknown>
  /** Why it is invalid; undefined when it is valid. */
  problem: string | undefined
}

/** Checks Tributary's signed redirects as a panel app should: published keys, issuer, audience, expiry. */
export interface TokenChecker {
  check(token: string): Promise<CheckedToken>
  readonly issuer: string
  readonly audience: string
}

/** Only asymmetric signatures: with a shared secret the published key would be enough to forge one. */
const ALGORITHMS = ['ES256', 'ES384', 'ES512', 'RS256', 'PS256', 'EdDSA']

export function createTokenChecker(apiUrl: () => string, issuerUrl: () => string, audience: string): TokenChecker {
  let keys: { url: string; get: ReturnType<typeof createRemoteJWKSet> } | undefined

  // fetched once, and again for a new key id, so a key rotation needs no action here
  function publishedKeys() {
    const url = `${apiUrl()}/.well-known/jwks.json`
    if (keys?.url !== url) keys = { url, get: createRemoteJWKSet(new URL(url), { cooldownDuration: 5_000 }) }
    return keys.get
  }

  return {
    get issuer() {
      return issuerUrl()
    },
    audience,
    async check(token) {
      let header: unknown
      let claims: Record<string, unknown>
      try {
        header = decodeProtectedHeader(token)
        claims = decodeJwt(token)
      } catch {
        return { header: null, claims: {}, problem: 'it is not a JWS' }
      }
      try {
        await jwtVerify(token, publishedKeys(), {
          issuer: issuerUrl(),
          audience,
          algorithms: ALGORITHMS,
          requiredClaims: ['exp', 'jti', 'session_id', 'outcome'],
        })
        return { header, claims, problem: undefined }
      } catch (error) {
        return { header, claims, problem: explain(error) }
      }
    },
  }
}

function explain(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'it has expired'
  if (error instanceof errors.JWTClaimValidationFailed) return `its claim "${error.claim}" is invalid`
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'its signature does not match'
  if (error instanceof errors.JWKSNoMatchingKey) return 'it is signed with a key that Tributary does not publish'
  return error instanceof Error ? error.message : String(error)
}
