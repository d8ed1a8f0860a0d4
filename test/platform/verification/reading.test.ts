import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { RawArrival } from '../../../platform/verification/arrival.js'
import { createVerifiers } from '../../../platform/verification/verifiers.js'
import { arrivalOf, hmac, jsonPost, jws, post } from './arrivals.js'

const mechanism = createVerifiers({
  http: { request: () => Promise.reject(new Error('no network in this test')) },
  publicUrl: 'https://panel.example',
})
const hmacOf = (text: string) => createHmac('sha256', 'supersecret').update(text).digest('hex')
const none = { verify: [{ kind: 'none' as const }], unsigned: 'refuse' as const }
const reading = { ...none, fields: { session: 'sid', outcome: 'status' } }
const read = async (arrival: RawArrival, config: Parameters<typeof mechanism.verify>[0] = reading) =>
  (await mechanism.verify(config, arrival)).fields

const MEMBER = {
  verify: [
    hmac({
      location: 'body',
      parameter: 'EncryptedValue',
      over: { kind: 'fields', names: ['SurveyId', 'WaveId', 'UniqueCode'], separator: '' },
    }),
  ],
  unsigned: 'not_completed' as const,
  fields: { member: 'UniqueCode', survey: 'SurveyId', wave: 'WaveId', revenue: 'Revenue', outcome: 'Reason' },
  naming: { sets: [['UniqueCode', 'SurveyId', 'WaveId']], hints: [] },
}

describe('what is tolerated', () => {
  test('signed names in either spelling, read under the configured name', async () => {
    for (const [survey, wave] of [
      ['SurveyId', 'WaveId'],
      ['SurveyID', 'WaveID'],
      ['surveyid', 'WAVEID'],
    ] as const) {
      const body = { [survey]: 48506, [wave]: 1, uniquecode: 'm1', Revenue: 100, encryptedvalue: hmacOf('485061m1') }
      const verified = await mechanism.verify(MEMBER, jsonPost('/p', JSON.stringify(body)))
      expect(verified).toMatchObject({ signed: true, fields: { SurveyId: 48506, WaveId: 1, UniqueCode: 'm1' } })
    }
  })

  test('a byte order mark, and JSON under any content type or none', async () => {
    const body = '{"sid":"s1","status":"C"}'
    for (const type of [
      'application/json',
      'text/json',
      'text/plain',
      'application/x-www-form-urlencoded',
      'x',
      undefined,
    ]) {
      for (const text of [body, `\ufeff${body}`, `\ufeff \r\n${body}\n`]) {
        expect(await read(post('/p', text, type)), `${type}`).toEqual({ sid: 's1', status: 'C' })
      }
    }
    for (const type of ['application/x-www-form-urlencoded', 'application/json', 'text/plain', undefined]) {
      expect(await read(post('/p', '\ufeffsid=s1&status=C', type))).toEqual({ sid: 's1', status: 'C' })
    }
  })

  test('a byte order mark does not change what is signed', async () => {
    const body = `{"SurveyId":1,"WaveId":2,"UniqueCode":"m","EncryptedValue":"${hmacOf('12m')}"}`
    expect(await mechanism.verify(MEMBER, jsonPost('/p', `\ufeff${body}`))).toMatchObject({ signed: true })
  })

  test('an empty body', async () => {
    for (const body of ['', ' ', 'null', ' null\n', '[]', '[ ]', '""', '{}', '\ufeff', '\ufeffnull', '{"a":null}']) {
      for (const type of ['application/json', 'text/plain', undefined]) {
        expect(await read(post('/p?sid=s1&status=C', body, type)), body).toEqual({ sid: 's1', status: 'C' })
      }
    }
  })

  test('a parameter twice with equal values, and unread parameters with several values', async () => {
    expect(await read(arrivalOf('/r?sid=s1&status=C&lang=en&lang=en&SID=s1'))).toEqual({
      sid: 's1',
      status: 'C',
      lang: 'en',
    })
    expect(await read(arrivalOf('/r?sid=s1&status=C&lang=en&Lang=de'))).toEqual({ sid: 's1', status: 'C' })
    const both = jsonPost('/r?sid=1&status=C', '{"sid":1,"x":1,"x":{"y":1}}')
    expect(await read(both)).toEqual({ sid: '1', status: 'C' })
  })

  test('an apostrophe that a browser escaped', async () => {
    const config = { verify: [hmac()], unsigned: 'refuse' as const, fields: { member: 'mc' } }
    const signature = hmacOf("https://panel.example/r?mc=o'brien&x=%2F&")
    for (const text of ["o'brien", 'o%27brien']) {
      expect(await read(arrivalOf(`/r?mc=${text}&x=%2F&encValue=${signature}`), config)).toMatchObject({
        mc: "o'brien",
      })
    }
    // no other character is rewritten, and none in the path
    for (const url of ["/r?mc=o'brien&x=/&", '/r?mc=o%2527brien&x=%2F&', "/r?mc=o'brien&x=%2f&"]) {
      await expect(read(arrivalOf(`${url}encValue=${signature}`), config)).rejects.toMatchObject({ kind: 'forged' })
    }
    const inPath = hmacOf("https://panel.example/r'?mc=1&")
    await expect(read(arrivalOf(`/r%27?mc=1&encValue=${inPath}`), config)).rejects.toMatchObject({ kind: 'forged' })
    const written = hmacOf('https://panel.example/r?mc=o%27brien&')
    expect(await read(arrivalOf(`/r?mc=o%27brien&encValue=${written}`), config)).toMatchObject({ mc: "o'brien" })
  })
})

describe('what is not', () => {
  test.each([
    ['/r?sid=s1&sid=s2&status=C', undefined],
    ['/r?sid=s1&SID=s2&status=C', undefined],
    ['/r?sid=s1&status=C', '{"Status":"F"}'],
    ['/r?sid=s1', '{"status":"C","status":"F"}'],
    ['/r?sid=s1', '{"status":1.50,"status":1.5}'],
    ['/r?sid=s1', 'status=C&status=F'],
  ])('a field that is read and has two values: %s %s', async (url, body) => {
    const arrival = body === undefined ? arrivalOf(url) : post(url, body, undefined)
    await expect(read(arrival)).rejects.toMatchObject({ kind: 'malformed' })
  })

  test('too deep nesting, too many parameters, text that is not UTF-8', async () => {
    const nested = (levels: number) => `{"a":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`
    expect(await read(post('/r?sid=1', nested(64), undefined))).toMatchObject({ sid: '1' })
    const many = (count: number) => Array.from({ length: count }, (_, at) => `a${at}=1`).join('&')
    const members = (count: number) => `{${Array.from({ length: count }, (_, at) => `"a${at}":1`).join(',')}}`
    expect(Object.keys(await read(arrivalOf(`/r?${many(128)}`)))).toHaveLength(128)
    for (const arrival of [
      post('/r', nested(65), undefined),
      post('/r', '['.repeat(30_000), undefined),
      post('/r', '{"a":'.repeat(6_000), undefined),
      post('/r', many(129), undefined),
      post('/r', members(129), undefined),
      arrivalOf(`/r?${many(129)}`),
      post('/r', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), undefined),
      post('/r', '{"sid":{"__proto__":{"a":1}}}', undefined),
    ]) {
      await expect(read(arrival)).rejects.toMatchObject({ name: 'VerificationError', kind: 'malformed' })
    }
  })
})

describe('the proof comes first', () => {
  const unread = (rawUrl: string, headers = {}): RawArrival =>
    arrivalOf(rawUrl, {
      method: 'POST',
      headers,
      readBody: () => Promise.reject(new Error('the body was read')),
      contentType: 'application/json',
    })
  const fields = { kind: 'fields' as const, names: ['sid'], separator: '' }

  test.each([
    ['a token in the query', jws({ kind: 'secret', secret: 'x' }, { algorithms: ['HS256'] }), '/p?jws=a.b.c', {}],
    ['a token that is missing', jws({ kind: 'secret', secret: 'x' }, { algorithms: ['HS256'] }), '/p', {}],
    ['an address', hmac(), '/p?sid=1&encValue=00', {}],
    ['a list that is in the query', hmac({ over: fields }), '/p?sid=1&encValue=00', {}],
    ['a header', { kind: 'header' as const, parameter: 'x-key', secret: 'k' }, '/p', { 'x-key': 'l' }],
    ['a signature that is missing', hmac({ over: fields }), '/p?sid=1', {}],
  ])('%s is verified without the body', async (_, verifier, url, headers) => {
    const config = { verify: [verifier], unsigned: 'refuse' as const }
    await expect(mechanism.verify(config, unread(url, headers))).rejects.toMatchObject({ kind: 'forged' })
  })

  test('of two, the one in the header is verified before the one in the body', async () => {
    const header = { kind: 'header' as const, parameter: 'x-key', secret: 'k' }
    const config = { verify: [...MEMBER.verify, header], unsigned: 'refuse' as const }
    await expect(mechanism.verify(config, unread('/p', { 'x-key': 'l' }))).rejects.toMatchObject({ kind: 'forged' })
  })
})
