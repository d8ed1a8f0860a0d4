import { createDecipheriv } from 'node:crypto'
import { expect, test } from 'vitest'
import { sealPayload, userIdOf } from '../../../providers/dynata/payload.js'

const IV = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex')
/** NIST SP 800-38A's keys; the values were made with `openssl enc -aes-*-cbc`. */
const KEYS = {
  16: '2b7e151628aed2a6abf7158809cf4f3c',
  24: '8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b',
  32: '603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4',
}

test.each(Object.entries(KEYS))('a key of %s bytes seals what OpenSSL seals', (bytes, key) => {
  const { iv, payload } = sealPayload({ user_ip: '4.35.165.126' }, key, IV)
  expect(iv).toBe('AAECAwQFBgcICQoLDA0ODw==')
  expect(payload).toBe(OPENSSL[Number(bytes)])
  const decipher = createDecipheriv(`aes-${Number(bytes) * 8}-cbc`, Buffer.from(key, 'hex'), IV)
  const opened = Buffer.concat([decipher.update(Buffer.from(payload, 'base64')), decipher.final()])
  expect(JSON.parse(opened.toString())).toEqual({ user_ip: '4.35.165.126' })
})

const OPENSSL: Record<number, string> = {
  16: 'ZVxDO9VDwZX2KyLt0DqDH+FqdDJ0I1Utq0qyqs5h9Fo=',
  24: 'o5Tl0BexO+7YU9W4o8Q89RygUR7DOOQfrVUph4jxg+U=',
  32: 'zbp8axlgZaygGEi8ZqCS/T1TbUMJjOHR4F8mmKDmOqo=',
}

test('two calls never share an iv', () => {
  const ivs = new Set(Array.from({ length: 20_000 }, () => sealPayload({}, KEYS[16]).iv))
  expect(ivs.size).toBe(20_000)
})

test.each(['12345678', '', 'zz7e151628aed2a6abf7158809cf4f3c', `${KEYS[16]}00`])('the key "%s" is refused', (key) => {
  expect(() => sealPayload({}, key)).toThrow(RangeError)
})

test('a user id ends in the first ten hex digits of md5(panelist + publisher + application key)', () => {
  // printf 'avdempsey1secret' | md5sum
  expect(userIdOf('avdempsey', { pubId: 1, applicationKey: 'secret' })).toBe('avdempsey-1-30ba3b3972')
})
