import { createHash, createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Verifier } from '../../../platform/config/verification-schema.js'
import { parseHead, signatureIn } from '../../../platform/verification/arrival.js'
import { checkDigest } from '../../../platform/verification/digest.js'
import { createVerifiers } from '../../../platform/verification/verifiers.js'
import { arrivalOf, hash, hmac, jsonPost, post } from './arrivals.js'

const noNetwork = { request: () => Promise.reject(new Error('no network in this test')) }
const verifiers = (publicUrl: string) => createVerifiers({ http: noNetwork, publicUrl })
const refusing = (...verify: Verifier[]) => ({ verify, unsigned: 'refuse' as const })

const TOLUNA = 'f0c397932b98251aca505db3bb2c364711f18237f5202017d24b97ec522a373e'

describe('known answers', () => {
  test('Toluna’s end page: HMAC-SHA256 in hex over the address with its last &', () => {
    const published = parseHead(arrivalOf(`?status=qualified&mc=mymember&encValue=${TOLUNA}`))
    const given = signatureIn(published, 'query', 'encValue')
    if (given === undefined) expect.unreachable()
    const check = (verifier: ReturnType<typeof hmac>, address: string) =>
      checkDigest(verifier, given, published, address)
    expect(check(hmac(), 'https://partnerA.com')).toBe(TOLUNA)
    expect(() => check(hmac(), 'https://partnerB.com')).toThrow('the signature does not match')
    expect(() => check(hmac({ secret: 'Supersecret' }), 'https://partnerA.com')).toThrow()
    expect(() => check(hmac({ over: { kind: 'url_without_separator' } }), 'https://partnerA.com')).toThrow()
  })

  test('the same on a return route', async () => {
    const text = 'https://partnerA.com/returns/toluna?status=qualified&mc=mymember&'
    const signature = createHmac('sha256', 'supersecret').update(text).digest('hex')
    const verified = await verifiers('https://partnerA.com').verify(
      refusing(hmac()),
      arrivalOf(`/returns/toluna?status=qualified&mc=mymember&encValue=${signature}`),
    )
    expect(verified).toEqual({
      fields: { status: 'qualified', mc: 'mymember', encValue: signature },
      signed: true,
      unsigned: false,
      grade: 'E1',
      proof: expect.stringMatching(/^[\w-]{43}$/),
    })
  })

  test('an exchange’s entry link: HMAC-SHA1 in base64url without padding', async () => {
    const verifier = hmac({
      algorithm: 'sha1',
      secret: 'ZZ6VkORqV25iSWOVb5cwZ03zpns',
      encoding: 'base64url',
      parameter: 'k',
    })
    const mechanism = verifiers('https://www.abc.com')
    const path = '/ex.aspx?abc=def&vid=123&k='
    for (const signature of [
      'dYQuf4tCr1l07nDRpzO-PLSBNTQ',
      'dYQuf4tCr1l07nDRpzO-PLSBNTQ=',
      'dYQuf4tCr1l07nDRpzO-PLSBNTQ%3D',
    ]) {
      expect(await mechanism.verify(refusing(verifier), arrivalOf(path + signature))).toMatchObject({ signed: true })
    }
    const plain = { ...verifier, encoding: 'base64' as const }
    // An unescaped plus is a plus in base64, not a space.
    for (const signature of ['dYQuf4tCr1l07nDRpzO+PLSBNTQ=', 'dYQuf4tCr1l07nDRpzO%2BPLSBNTQ%3D']) {
      expect(await mechanism.verify(refusing(plain), arrivalOf(path + signature))).toMatchObject({ signed: true })
    }
  })
})

describe('the signed address', () => {
  const sign = (text: string) => createHmac('sha256', 'supersecret').update(text).digest('hex')

  test('is the public address with its prefix, not Host, and the raw path and query', async () => {
    const path = '/returns/t?a=%7e%2F&b=x+y&c='
    const arrival = (signature: string) =>
      arrivalOf(`${path}&encValue=${signature}`, {
        headers: { host: 'evil.example', 'x-forwarded-host': 'evil.example' },
      })
    const mechanism = verifiers('https://panel.example/tributary/')
    const good = sign(`https://panel.example/tributary${path}&`)
    expect((await mechanism.verify(refusing(hmac()), arrival(good))).fields).toMatchObject({ a: '~/', b: 'x y', c: '' })
    for (const text of [
      `https://evil.example${path}&`,
      `https://panel.example${path}&`,
      `http://panel.example/tributary${path}&`,
    ]) {
      await expect(mechanism.verify(refusing(hmac()), arrival(sign(text)))).rejects.toMatchObject({ kind: 'forged' })
    }
  })

  test('is without the separator, for a parameter that is first or last', async () => {
    const digest = (text: string) => createHash('sha1').update(`${text}supersecret`).digest('hex')
    const mechanism = verifiers('https://panel.example')
    for (const path of ['/returns/ps?ps_rstatus=21&', '/returns/ps?']) {
      const good = digest(`https://panel.example${path.slice(0, -1)}`)
      const bad = digest(`https://panel.example${path}`)
      expect(await mechanism.verify(refusing(hash()), arrivalOf(`${path}ps_hash=${good}`))).toMatchObject({
        grade: 'E1',
      })
      await expect(mechanism.verify(refusing(hash()), arrivalOf(`${path}ps_hash=${bad}`))).rejects.toThrow()
    }
  })

  test('may have an escaped parameter name; the part before it is used as received', async () => {
    const good = sign('https://panel.example/r?status=q&')
    const arrival = arrivalOf(`/r?status=q&%65ncValue=${good}`)
    expect(await verifiers('https://panel.example').verify(refusing(hmac()), arrival)).toMatchObject({ signed: true })
  })
})

describe('signed fields', () => {
  const over = (...names: string[]) => ({ kind: 'fields' as const, names, separator: '' })
  const md5 = (text: string) => createHash('md5').update(text).digest('hex')

  test('that are numbers are read as they were written, from query, form or JSON', async () => {
    const verifier = hmac({
      location: 'body',
      parameter: 'EncryptedValue',
      over: over('SurveyId', 'WaveId', 'UniqueCode'),
    })
    const signature = createHmac('sha256', 'supersecret').update('900719925474099312.50m1').digest('hex')
    const body = `{"SurveyId":9007199254740993,"WaveId":12.50,"UniqueCode":"m1","Revenue":100,"EncryptedValue":"${signature}"}`
    const mechanism = verifiers('https://panel.example')
    const verified = await mechanism.verify(refusing(verifier), jsonPost('/postbacks/t/member-status', body))
    expect(verified).toMatchObject({ grade: 'E2', fields: { SurveyId: 9007199254740993n, WaveId: 12.5, Revenue: 100 } })
    const form = `SurveyId=9007199254740993&WaveId=12.50&UniqueCode=m1&EncryptedValue=${signature}`
    const posted = post('/x', form, 'application/x-www-form-urlencoded')
    expect(await mechanism.verify(refusing(verifier), posted)).toMatchObject({ grade: 'E2' })
  })

  test('have a separator between them, so that digits cannot move over', async () => {
    const verifier = hmac({ over: { kind: 'fields', names: ['a', 'b'], separator: '|' } })
    const signature = createHmac('sha256', 'supersecret').update('1|23').digest('hex')
    const mechanism = verifiers('https://panel.example')
    expect(await mechanism.verify(refusing(verifier), arrivalOf(`/r?a=1&b=23&encValue=${signature}`))).toMatchObject({
      signed: true,
    })
    await expect(mechanism.verify(refusing(verifier), arrivalOf(`/r?a=12&b=3&encValue=${signature}`))).rejects.toThrow()
  })

  test('of all hashes of a list must match (Dynata has two), the secret before or after', async () => {
    const verify = [
      hash({ algorithm: 'md5', parameter: 'oidHash', over: over('offerInvitationId') }),
      hash({ algorithm: 'md5', parameter: 'txnHash', over: over('transactionId'), secretPosition: 'before' }),
    ]
    const mechanism = verifiers('https://panel.example')
    const url = (offer: string, transaction: string) =>
      arrivalOf(`/postbacks/d?status=C&offerInvitationId=o1&transactionId=t1&oidHash=${offer}&txnHash=${transaction}`, {
        route: 'postback',
      })
    const [offer, transaction] = [md5('o1supersecret'), md5('supersecrett1')]
    expect(await mechanism.verify(refusing(...verify), url(offer, transaction))).toMatchObject({
      grade: 'E2',
      fields: { status: 'C' },
    })
    for (const [a, b] of [
      [offer, offer],
      [transaction, transaction],
      [offer, ''],
      ['', transaction],
    ] as const) {
      await expect(mechanism.verify(refusing(...verify), url(a, b))).rejects.toMatchObject({ kind: 'forged' })
    }
  })

  test('that are missing, null or a list are refused', async () => {
    const verifier = hmac({ location: 'header', parameter: 'x-signature', over: over('id') })
    const signature = createHmac('sha256', 'supersecret').update('').digest('hex')
    for (const body of ['{}', '{"id":null}', '{"id":[]}', '{"id":{}}']) {
      await expect(
        verifiers('https://panel.example').verify(
          refusing(verifier),
          jsonPost('/p', body, { 'x-signature': signature }),
        ),
      ).rejects.toMatchObject({ kind: 'malformed' })
    }
  })
})

describe('an arrival is refused', () => {
  const text = 'https://panel.example/returns/t?status=Terminated&MemberCode=m1&SurveyID=7&WaveID=2&'
  const signature = createHmac('sha256', 'supersecret').update(text).digest('hex')
  const url = `${text.slice('https://panel.example'.length)}encValue=${signature}`
  const mechanism = verifiers('https://panel.example')

  test('not when it is unchanged', async () => {
    expect(await mechanism.verify(refusing(hmac()), arrivalOf(url))).toMatchObject({ signed: true })
  })

  test('for 10,000 mutations of the signed text or of the signature', async () => {
    // The hex and the name of the signature's parameter may be written in either case; nothing else may differ.
    const unsigned = url.slice(0, -'encValue='.length - 64)
    const sameText = (mutant: string) =>
      mutant.startsWith(unsigned) && mutant.slice(unsigned.length).toLowerCase() === `encvalue=${signature}`
    const accepted: string[] = []
    const at = fc.nat(url.length - 1)
    const piece = fc.oneof(
      fc.constantFrom('&', '=', '?', '%', '+', '#', '%00', '/', ';', '0', 'a', 'Qualified'),
      fc.string({ maxLength: 3 }),
    )
    const mutation = fc.oneof(
      fc.tuple(at, piece).map(([place, text]) => url.slice(0, place) + text + url.slice(place + 1)),
      fc.tuple(at, piece).map(([place, text]) => url.slice(0, place) + text + url.slice(place)),
      fc
        .tuple(at, fc.integer({ min: 1, max: 9 }))
        .map(([place, length]) => url.slice(0, place) + url.slice(place + length)),
      fc.tuple(at, at).map(([a, b]) => swapped(url, a, b)),
      fc.constantFrom('status', 'MemberCode', 'SurveyID', 'encValue').map((name) => `${url}&${name}=x`),
    )
    await fc.assert(
      fc.asyncProperty(mutation, async (mutant) => {
        if (sameText(mutant)) return
        const verdict = await mechanism.verify(refusing(hmac()), arrivalOf(mutant)).catch(() => null)
        if (verdict) accepted.push(mutant)
      }),
      { numRuns: 10_000 },
    )
    expect(accepted).toEqual([])
  })

  test('for a parameter with two values, in any case, escaped, or in query and body', async () => {
    for (const extra of [
      '&status=Qualified',
      '&STATUS=Qualified',
      '&%73tatus=Qualified',
      '&encValue=00',
      '&ENCVALUE=00',
      // the signed part ends at the signature: two of them would be ambiguous
      `&encValue=${signature}`,
    ]) {
      await expect(mechanism.verify(refusing(hmac()), arrivalOf(url + extra))).rejects.toMatchObject({
        kind: 'malformed',
      })
    }
    await expect(mechanism.verify(refusing(hmac()), jsonPost(url, '{"status":"Qualified"}'))).rejects.toMatchObject({
      kind: 'malformed',
    })
  })

  test('for parameters in another order, and for another scheme', async () => {
    const reordered = url.replace('status=Terminated&MemberCode=m1', 'MemberCode=m1&status=Terminated')
    await expect(mechanism.verify(refusing(hmac()), arrivalOf(reordered))).rejects.toMatchObject({ kind: 'forged' })
    await expect(mechanism.verify(refusing(hmac()), arrivalOf(`http://panel.example${url}`))).rejects.toThrow()
  })

  test('for a body that does not match its content type', async () => {
    for (const body of [
      '{',
      '[1]',
      '{"a":1}x',
      '"x"',
      '1',
      '{"a":012}',
      `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`,
    ]) {
      await expect(mechanism.verify(refusing({ kind: 'none' }), jsonPost('/p', body))).rejects.toMatchObject({
        kind: 'malformed',
      })
    }
  })

  test('for a signature of any other length, without another error', async () => {
    for (const given of ['', '0', signature.slice(1), `${signature}0`, 'ü', 'x'.repeat(5_000)]) {
      await expect(
        mechanism.verify(refusing(hmac()), arrivalOf(`/r?encValue=${encodeURIComponent(given)}`)),
      ).rejects.toMatchObject({ name: 'VerificationError', kind: 'forged' })
    }
  })

  test('nothing configured', async () => {
    await expect(mechanism.verify(refusing(), arrivalOf(url))).rejects.toMatchObject({ kind: 'forged' })
  })
})

describe('header, none and unsigned', () => {
  const mechanism = verifiers('https://panel.example')
  const header = { kind: 'header', parameter: 'x-notify-key', secret: 'k1' } as const

  test('a header equals its secret', async () => {
    const sent = (headers: Record<string, string>) => jsonPost('/postbacks/t/quota-status', '{"QuotaID":1}', headers)
    expect(await mechanism.verify(refusing(header), sent({ 'x-notify-key': 'k1' }))).toMatchObject({
      signed: true,
      grade: 'E2',
      fields: { QuotaID: 1 },
    })
    for (const headers of [{}, { 'x-notify-key': 'k2' }, { 'x-notify-key': 'K1' }, { 'x-notify-key': '' }]) {
      await expect(mechanism.verify(refusing(header), sent(headers as Record<string, string>))).rejects.toMatchObject({
        kind: 'forged',
      })
    }
  })

  test('none gives E0, on either route', async () => {
    const arrival = arrivalOf('/returns/x?outcome=COMPLETED', { route: 'postback' })
    expect(await mechanism.verify(refusing({ kind: 'none' }), arrival)).toEqual({
      fields: { outcome: 'COMPLETED' },
      signed: false,
      unsigned: false,
      grade: 'E0',
      proof: null,
    })
  })

  test('an arrival without a signature is accepted at E0 only where the configuration allows it', async () => {
    const arrival = arrivalOf('/returns/t?status=Terminated&MemberCode=m1')
    await expect(mechanism.verify(refusing(hmac()), arrival)).rejects.toMatchObject({ kind: 'forged' })
    const lenient = { verify: [hmac()], unsigned: 'not_completed' as const }
    expect(await mechanism.verify(lenient, arrival)).toEqual({
      fields: { status: 'Terminated', MemberCode: 'm1' },
      signed: false,
      unsigned: true,
      grade: 'E0',
      proof: null,
    })
    // A signature that is present must match; only its absence is allowed.
    const forged = arrivalOf('/returns/t?status=Terminated&encValue=00')
    await expect(mechanism.verify(lenient, forged)).rejects.toMatchObject({ kind: 'forged' })
    const empty = arrivalOf('/returns/t?status=Terminated&encValue=')
    await expect(mechanism.verify(lenient, empty)).rejects.toMatchObject({ kind: 'forged' })
  })

  test('one signature of two missing is a missing signature', async () => {
    const lenient = { verify: [hmac(), header], unsigned: 'not_completed' as const }
    await expect(
      mechanism.verify(lenient, arrivalOf('/r?status=Terminated', { headers: { 'x-notify-key': 'k1' } })),
    ).rejects.toMatchObject({ kind: 'forged' })
  })
})

function swapped(text: string, a: number, b: number): string {
  const letters = [...text]
  const [first = '', second = ''] = [letters[a], letters[b]]
  letters[a] = second
  letters[b] = first
  return letters.join('')
}
