import { type CryptoKey, importJWK, type JWK, type KeyObject } from 'jose'
import type { EgressClient } from '../egress/http-client.js'
import { parseJson } from '../json/parse-json.js'
import { VerificationError } from './verification-error.js'

/** Keys this old are asked for again, beside the answer that still uses them. */
const FRESH_MS = 10 * 60_000
/** A key we have never seen asks the host, but strangers can name unknown keys as often as they like. */
const SPARE_REFETCHES = 3
const REFETCH_EVERY_MS = 10_000
/** After a failure the host is left alone this long. */
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
   * The keys a token may be signed with. Rotation is picked up by itself: an unknown `kid` asks the host again, by one
   * request at a time and seldom; what is known serves on while the host is away.
   * @param notThese keys that were tried already: ask the host when there are no others
   * @throws VerificationError 'unavailable' when no keys were ever had
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
  /** Imported once for each algorithm it was asked for. */
  readonly imported: Map<string, Promise<VerifyKey | null>>
}

/** Follows a JWKS address (RFC 7517). Nothing is fetched before the first token. */
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
          // A key we had stays imported.
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

  /** Whether a stranger's key may cost one more request just now. */
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
      if (resting() && underWay === null) throw new VerificationError('unavailable', 'the signing keys cannot be had')
      await refresh().catch((error: unknown) => {
        throw new VerificationError('unavailable', 'the signing keys cannot be had', { cause: error })
      })
    } else if (now() - fetchedAt > FRESH_MS && !resting()) {
      // Served from what is known; the answer does not wait, and a host that is away changes nothing.
      refresh().catch(() => {})
    }
    return keys ?? []
  }

  return {
    async find(query, notThese = new Set()) {
      const known = await matching(await load(), query, notThese)
      if (known.length > 0) return known
      // Somebody else's request that is under way answers us too.
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

/** Shared secrets have no place in a published set, and keys for encryption do not sign. */
function isPublicSigningKey(value: unknown): value is JWK {
  if (typeof value !== 'object' || value === null || !('kty' in value)) return false
  if ('use' in value && value.use !== undefined && value.use !== 'sig') return false
  return value.kty === 'RSA' || value.kty === 'EC' || value.kty === 'OKP'
}

/** A key under the same kid may have been replaced: its material decides. */
function sameKey(a: JWK, b: JWK): boolean {
  return (
    a.kid === b.kid && a.alg === b.alg && a.kty === b.kty && a.n === b.n && a.e === b.e && a.x === b.x && a.y === b.y
  )
}

/** A token without kid may be signed with any of so many keys; more are not tried. */
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
  // Only the public members: whoever publishes a private key by mistake has not told it to us.
  const { kty, n, e, crv, x, y } = key.jwk
  const material = Object.fromEntries(Object.entries({ kty, n, e, crv, x, y }).filter(([, part]) => part !== undefined))
  const importing = importJWK(material as JWK, algorithm).catch(() => null)
  key.imported.set(algorithm, importing)
  return importing
}
