import { createCipheriv, createHash, randomBytes } from 'node:crypto'
import type { DynataConnection } from './config.js'

/** AES works on blocks of 128 bits; its initialization vector has the same length. */
const BLOCK_BYTES = 16

/** The two encrypted members of a request, which only Dynata can read. Both base64. */
export interface Sealed {
  readonly iv: string
  readonly payload: string
}

/**
 * Encrypts an object as Dynata Match API, The Payload (Encrypted), has it: JSON, padded to 128 bits (PKCS#7, publisher
 * guide), AES in CBC mode under the security key unpacked from hex (Appendix), base64. The iv is new and random for
 * each payload.
 * @param securityKey hex of 16, 24 or 32 bytes
 * @throws RangeError for a key of any other length
 */
export function sealPayload(content: object, securityKey: string, iv: Buffer = randomBytes(BLOCK_BYTES)): Sealed {
  const key = Buffer.from(securityKey, 'hex')
  if (key.length * 2 !== securityKey.length || ![16, 24, 32].includes(key.length))
    throw new RangeError('security_key must be the hex of 16, 24 or 32 bytes')
  const cipher = createCipheriv(`aes-${key.length * 8}-cbc`, key, iv)
  const payload = Buffer.concat([cipher.update(JSON.stringify(content), 'utf8'), cipher.final()])
  return { iv: iv.toString('base64'), payload: payload.toString('base64') }
}

/** Hex digits of the md5 that end a user id. */
const PROOF_DIGITS = 10

/**
 * The Dynata user id (Dynata Match API, The Request Body; its form: publisher guide): the panelist, the publisher, and
 * the first ten hex digits of md5(panelist + publisher + application key), which prove that we made it.
 */
export function userIdOf(panelistId: string, config: Pick<DynataConnection, 'pubId' | 'applicationKey'>): string {
  const { pubId, applicationKey } = config
  const proof = createHash('md5').update(`${panelistId}${pubId}${applicationKey}`).digest('hex')
  return `${panelistId}-${pubId}-${proof.slice(0, PROOF_DIGITS)}`
}
