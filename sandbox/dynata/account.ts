import { createDecipheriv, createHash } from 'node:crypto'

/** A publisher at the simulated match API. */
export interface PublisherAccount {
  pubId: number
  applicationKey: string
  /** Hex of 16, 24 or 32 bytes. */
  securityKey: string
  /** The virtual currencies of this publisher; the first is its default. */
  programs: readonly string[]
  /** The publisher's own name for this connection: the last part of its arrival routes. */
  connection: string
  /** The secrets behind `oidHash` and `txnHash`. */
  offerSecret: string
  transactionSecret: string
}

export const DEFAULT_PUBLISHER: PublisherAccount = {
  pubId: 4242,
  applicationKey: 'dynata-sandbox-application-key',
  securityKey: '00112233445566778899aabbccddeeff',
  programs: ['points', 'filices'],
  connection: 'dynata-sandbox',
  offerSecret: 'dynata-sandbox-offer-secret',
  transactionSecret: 'dynata-sandbox-transaction-secret',
}

export const md5 = (text: string): string => createHash('md5').update(text).digest('hex')

/** The end user in `{end user}-{pub_id}-{10 hex}`; null when the last part does not prove the others. */
export function endUserOf(userId: string, account: PublisherAccount): string | null {
  const match = /^(.+)-(\d+)-([0-9a-f]{10})$/s.exec(userId)
  const [, endUser = '', pubId, proof] = match ?? []
  if (!match || pubId !== String(account.pubId)) return null
  return md5(`${endUser}${pubId}${account.applicationKey}`).startsWith(proof ?? '-') ? endUser : null
}

/** Decrypts a payload; null for any fault, so that the caller cannot learn which (bad padding, bad JSON, bad iv). */
export function openPayload(iv: string, payload: string, account: PublisherAccount): unknown {
  try {
    const [vector, sealed] = [decodeBase64(iv), decodeBase64(payload)]
    if (vector?.length !== 16 || sealed === null || sealed.length === 0 || sealed.length % 16 !== 0) return null
    const key = Buffer.from(account.securityKey, 'hex')
    const decipher = createDecipheriv(`aes-${key.length * 8}-cbc`, key, vector)
    const text = Buffer.concat([decipher.update(sealed), decipher.final()]).toString('utf8')
    const content: unknown = JSON.parse(text)
    return typeof content === 'object' && !Array.isArray(content) ? content : null
  } catch {
    return null
  }
}

function decodeBase64(text: string): Buffer | null {
  return /^[A-Za-z0-9+/]+={0,2}$/.test(text) && text.length % 4 === 0 ? Buffer.from(text, 'base64') : null
}
