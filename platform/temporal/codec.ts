import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { Payload, PayloadCodec } from '@temporalio/common'

const ENCODING = Buffer.from('binary/encrypted')
const text = new TextDecoder()

/**
 * AES-256-GCM over whole payloads, so that our data is unreadable in Temporal's store and UI without the key. Each
 * payload: 12 bytes nonce, ciphertext, 16 bytes tag.
 */
export class EncryptionCodec implements PayloadCodec {
  /** @param key 32 bytes; RangeError otherwise */
  constructor(private readonly key: Buffer) {
    if (key.length !== 32) throw new RangeError('codec.key must be 32 bytes in base64')
  }

  async encode(payloads: Payload[]): Promise<Payload[]> {
    return payloads.map((payload) => {
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', this.key, nonce)
      const plain = Buffer.from(
        JSON.stringify({
          metadata: Object.fromEntries(
            Object.entries(payload.metadata ?? {}).map(([name, value]) => [
              name,
              Buffer.from(value).toString('base64'),
            ]),
          ),
          data: Buffer.from(payload.data ?? []).toString('base64'),
        }),
      )
      const sealed = Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
      return { metadata: { encoding: ENCODING }, data: sealed }
    })
  }

  async decode(payloads: Payload[]): Promise<Payload[]> {
    return payloads.map((payload) => {
      if (text.decode(payload.metadata?.encoding ?? undefined) !== 'binary/encrypted') return payload
      const sealed = Buffer.from(payload.data ?? [])
      const decipher = createDecipheriv('aes-256-gcm', this.key, sealed.subarray(0, 12))
      decipher.setAuthTag(sealed.subarray(sealed.length - 16))
      const plain = Buffer.concat([decipher.update(sealed.subarray(12, sealed.length - 16)), decipher.final()])
      const { metadata, data } = JSON.parse(plain.toString()) as { metadata: Record<string, string>; data: string }
      return {
        metadata: Object.fromEntries(
          Object.entries(metadata).map(([name, value]) => [name, Buffer.from(value, 'base64')]),
        ),
        data: Buffer.from(data, 'base64'),
      }
    })
  }
}
