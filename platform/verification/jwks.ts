import { type CryptoKey, importJWK, type JWK, type KeyObject } from 'jose'
import type { EgressClient } from '../egress/http-client.js'
import { parseJson } from '../json/parse-json.js'
import { VerificationError } from './verification-error.js'

/** Keys older than this are fetched again; the current answer still uses the old ones. */
const FRESH_MS = 10 * 60_000
/** Unknown keys cause a fetch, and unauthenticated senders can name unknown keys: limits the extra fetches. */
const SPARE_REFETCHES = 3
const REFETCH_EVERY_MS = 10_000
/** After a failure, do not call the host for this long. */
const AFTER_FAILURE_MS = 2_000
const TIMEOUT_MS = 5_000
const MAX_BYTES = 512 * 1024
const MAX_KEYS = 100

export interface KeyQuery {
  /** Undefined when the token names none. */
  readonly kid: string | undefined
  readonly algorithm: string
}

/** One provider's published keys. */
export interface KeySet {
  /**
   * The keys that a token may be signed with. Key rotation needs no restart: an unknown `kid` causes a fetch, at most
   * one at a time and rate-limited; known keys stay in use while the host is unavailable.
   * @param notThese keys that were tried already: fetch again when there are no others
   * @throws VerificationError 'unavailable' when no keys were ever fetched
   */
  find(query: KeyQuery, notThese?: ReadonlySet<VerifyKey>): Promise<VerifyKey[]>
}

export type VerifyKey = CryptoKey | KeyObject | Uint8Array

export interface KeySetOptions {
  readonly url: string
  readonly http: Pick<EgressClient, 'request'>
  readonly clock: () => Date
}

interface Published {
  readonly jwk: JWK
  /** Imported once per algorithm. */
  readonly imported: Map<string, Promise<VerifyKey | null>>
}

/** Follows a JWKS address (RFC 7517). Fetches nothing before the first token. */
export function createKeySet(options: KeySetOptions): KeySet {
  const now = () => options.clock().getTime()
  let keys: readonly Published[] | null = null
  let fetchedAt = 0
  let failedAt = Number.NEGATIVE_INFINITY
  let underWay: Promise<void> | null = null
  let spare = SPARE_REFETCHES
  let spareAt = now()

  const refresh = (): Promise<void> => {
    underWay ??= fetchKeys(options)
      .then(
        (fetched) => {
          // A known key stays imported.
          keys = fetched.map((jwk) => keys?.find((known) => sameKey(known.jwk, jwk)) ?? { jwk, imported: new Map() })
          fetchedAt = now()
        },
        (error: unknown) => {
          failedAt = now()
          throw error
        },
      )
      .finally(() => {
        underWay = null
      })
    return underWay
  }

  /** Whether an unknown key may cause one more fetch now. */
  const takeSpare = (): boolean => {
    const earned = Math.max(0, Math.floor((now() - spareAt) / REFETCH_EVERY_MS))
    spareAt = spare + earned >= SPARE_REFETCHES ? now() : spareAt + earned * REFETCH_EVERY_MS
    spare = Math.min(SPARE_REFETCHES, spare + earned)
    if (spare === 0) return false
    spare -= 1
    return true
  }

  const resting = () => now() - failedAt < AFTER_FAILURE_MS

  const load = async (): Promise<readonly Published[]> => {
    if (keys === null) {
      if (resting() && underWay === null) throw new VerificationError('unavailable', 'the signing keys are unavailable')
      await refresh().catch((error: unknown) => {
        throw new VerificationError('unavailable', 'the signing keys are unavailable', { cause: error })
      })
    } else if (now() - fetchedAt > FRESH_MS && !resting()) {
      // Serves the known keys and refreshes in the background; a failed refresh changes nothing.
      refresh().catch(() => {})
    }
    return keys ?? []
  }

  return {
    async find(query, notThese = new Set()) {
      const known = await matching(await load(), query, notThese)
      if (known.length > 0) return known
      // Share a fetch that is already in flight.
      if (underWay === null && (resting() || !takeSpare())) return []
      await refresh().catch(() => {})
      return matching(keys ?? [], query, notThese)
    },
  }
}

async function fetchKeys({ url, http }: KeySetOptions): Promise<JWK[]> {
  const response = await http.request({
    method: 'GET',
    url,
    headers: { accept: 'application/jwk-set+json, application/json' },
    allowedHosts: [new URL(url).host],
    timeoutMs: TIMEOUT_MS,
    maxBytes: MAX_BYTES,
  })
  const text = await response.text()
  if (response.status !== 200) throw new Error(`the JWKS answered ${response.status}`)
  const body = parseJson(text)
  const keys = typeof body === 'object' && body !== null && 'keys' in body ? body.keys : null
  if (!Array.isArray(keys)) throw new Error('the JWKS has no list of keys')
  return keys.filter(isPublicSigningKey).slice(0, MAX_KEYS)
}

/** Shared secrets must not be in a published set, and encryption keys do not sign. */
function isPublicSigningKey(value: unknown): value is JWK {
  if (typeof value !== 'object' || value === null || !('kty' in value)) return false
  if ('use' in value && value.use !== undefined && value.use !== 'sig') return false
  return value.kty === 'RSA' || value.kty === 'EC' || value.kty === 'OKP'
}

/** A key under the same kid may have been replaced: compares the key material. */
function sameKey(a: JWK, b: JWK): boolean {
  return (
    a.kid === b.kid && a.alg === b.alg && a.kty === b.kty && a.n === b.n && a.e === b.e && a.x === b.x && a.y === b.y
  )
}

/** The most keys to try for a token without kid. */
const TRIES = 8

async function matching(
  keys: readonly Published[],
  { kid, algorithm }: KeyQuery,
  notThese: ReadonlySet<VerifyKey>,
): Promise<VerifyKey[]> {
  const suited = keys.filter(({ jwk }) => {
    if (kid !== undefined && jwk.kid !== kid) return false
    return (jwk.alg === undefined || jwk.alg === algorithm) && KEY_TYPES[algorithm.slice(0, 2)] === jwk.kty
  })
  const imported = await Promise.all(suited.slice(0, TRIES).map((key) => importOnce(key, algorithm)))
  return imported.filter((key) => key !== null && !notThese.has(key)) as VerifyKey[]
}

const KEY_TYPES: Readonly<Record<string, string>> = { RS: 'RSA', PS: 'RSA', ES: 'EC', Ed: 'OKP' }

function importOnce(key: Published, algorithm: string): Promise<VerifyKey | null> {
  const known = key.imported.get(algorithm)
  if (known) return known
  // Only the public members, so that a private key that was published by mistake is not stored.
  const { kty, n, e, crv, x, y } = key.jwk
  const material = Object.fromEntries(Object.entries({ kty, n, e, crv, x, y }).filter(([, part]) => part !== undefined))
  const importing = importJWK(material as JWK, algorithm).catch(() => null)
  key.imported.set(algorithm, importing)
  return importing
}
