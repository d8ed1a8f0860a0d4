import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto'

/** Contract §4: the longest offer id. */
const LONGEST = 1_024
const SECRET_BYTES = 32

/**
 * A key for tokens of one kind. Different purposes have different keys, so an entry link is never accepted as an offer.
 */
export interface SealKey {
  readonly purpose: string
  readonly key: KeyObject
}

/**
 * Derives the key for one kind of token from the installation's secret.
 * @param secret at least 32 bytes
 * @throws RangeError when it is shorter
 */
export function sealKey(secret: Uint8Array, purpose: string): SealKey {
  if (secret.length < SECRET_BYTES) throw new RangeError(`a sealing secret has at least ${SECRET_BYTES} bytes`)
  return { purpose, key: createSecretKey(createHmac('sha256', secret).update(`tributary/${purpose}`).digest()) }
}

/** The content of an authentic token. An expired one is still ours, and its payload shows what was offered. */
export interface Unsealed {
  readonly payload: Readonly<Record<string, unknown>>
  readonly expiresAt: Date
  readonly expired: boolean
}

/**
 * An opaque token that contains its payload: base64url(JSON) "." base64url(HMAC-SHA256). Signed, not secret.
 * @param payload plain JSON; no bigint, no Date
 * @throws RangeError when the token would be longer than 1,024 characters
 */
export function seal(payload: Readonly<Record<string, unknown>>, { key }: SealKey, expiresAt: Date): string {
  const body = Buffer.from(JSON.stringify([Math.floor(expiresAt.getTime() / 1_000), payload])).toString('base64url')
  const token = `${body}.${macOf(body, key).toString('base64url')}`
  if (token.length > LONGEST)
    throw new RangeError(`a sealed token has at most ${LONGEST} characters, not ${token.length}`)
  return token
}

/** Reads a token of ours; null for every other text. */
export function unseal(token: string, { key }: SealKey, now: Date): Unsealed | null {
  if (token.length > LONGEST) return null
  const match = /^([\w-]+)\.([\w-]{43})$/.exec(token)
  const [, body = '', given = ''] = match ?? []
  if (!match) return null
  // Compared as text: decoding drops bits of the last base64 character, and a token must have one spelling.
  const expected = Buffer.from(macOf(body, key).toString('base64url'))
  if (!timingSafeEqual(expected, Buffer.from(given))) return null
  const content: unknown = JSON.parse(Buffer.from(body, 'base64url').toString('utf8'))
  if (!Array.isArray(content) || typeof content[0] !== 'number') return null
  const [seconds, payload] = content
  const expiresAt = new Date(seconds * 1_000)
  return { payload, expiresAt, expired: now.getTime() >= expiresAt.getTime() }
}

function macOf(body: string, key: KeyObject): Buffer {
  return createHmac('sha256', key).update(body).digest()
}
