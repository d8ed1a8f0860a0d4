import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seal, sealKey, unseal } from '../../../platform/signing/offer-token.js'

const secret = Buffer.alloc(32, 7)
const key = sealKey(secret, 'offer')
const expiresAt = new Date('2026-11-20T10:15:00Z')
const before = new Date('2026-11-20T10:14:59Z')
const offer = { panel: 'lifepoints', survey: 's1', price: '150', ä: '€' }

describe('sealed tokens', () => {
  test('hold their content until they expire', () => {
    const token = seal(offer, key, expiresAt)
    expect(token).toMatch(/^[\w-]+\.[\w-]{43}$/)
    expect(unseal(token, key, before)).toEqual({ payload: offer, expiresAt, expired: false })
    // An expired token is still ours, so that the offer can be named again.
    expect(unseal(token, key, expiresAt)).toEqual({ payload: offer, expiresAt, expired: true })
  })

  test('of another purpose or another secret are not ours', () => {
    const token = seal(offer, key, expiresAt)
    expect(unseal(token, sealKey(secret, 'entry'), before)).toBeNull()
    expect(unseal(token, sealKey(Buffer.alloc(32, 8), 'offer'), before)).toBeNull()
    expect(() => sealKey(Buffer.alloc(31), 'offer')).toThrow(RangeError)
  })

  test('with any change are not ours: a token has one spelling', () => {
    const token = seal(offer, key, expiresAt)
    const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ ']
    for (let at = 0; at < token.length; at++) {
      for (const letter of letters) {
        const mutant = token.slice(0, at) + letter + token.slice(at + 1)
        if (mutant !== token) expect(unseal(mutant, key, before)).toBeNull()
      }
      expect(unseal(token.slice(0, at), key, before)).toBeNull()
    }
    expect(unseal(`${token}=`, key, before)).toBeNull()
  })

  test('never throw, whatever text is sent', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String()), (text) => unseal(text, key, before) === null),
      { numRuns: 2_000 },
    )
  })

  test('are at most 1,024 characters', () => {
    expect(() => seal({ long: 'x'.repeat(800) }, key, expiresAt)).toThrow(/at most 1024 characters/)
    expect(seal({ long: 'x'.repeat(650) }, key, expiresAt).length).toBeLessThanOrEqual(1_024)
  })
})
