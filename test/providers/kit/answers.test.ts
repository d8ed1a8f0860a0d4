import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { HttpResponse } from '../../../providers/http.js'
import { evidenceOf, headOf, headOfStream } from '../../../providers/kit/evidence.js'
import { jsonOrNothing, parseExactJson } from '../../../providers/kit/json.js'
import { ENTRY_REFUSED, kindOfStatus } from '../../../providers/kit/status.js'
import { firstIssue, notJson, unreadable } from '../../../providers/kit/unreadable.js'
import { webAddress } from '../../../providers/kit/web-address.js'

const SECRET = 'a-key-of-some-length'
const now = new Date('2026-11-20T10:00:00Z')

async function* chunks(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text)
}

describe('the status of an unexpected answer', () => {
  it.each([
    [200, 'misread'],
    [204, 'misread'],
    [302, 'rejected'],
    [400, 'rejected'],
    [401, 'unauthorized'],
    [403, 'unauthorized'],
    [404, 'rejected'],
    [408, 'unavailable'],
    [425, 'unavailable'],
    [429, 'rate-limited'],
    [500, 'unavailable'],
    [503, 'unavailable'],
  ])('%i is %s', (status, kind) => {
    expect(kindOfStatus(status)).toBe(kind)
  })

  it('means what the provider documents, where it documents something else', () => {
    expect(kindOfStatus(429, { 429: 'refused' })).toBe('refused')
    expect(kindOfStatus(500, { 429: 'refused' })).toBe('unavailable')
    const refused = [400, 404, 409, 410, 422]
    expect(refused.map((status) => kindOfStatus(status, ENTRY_REFUSED))).toEqual(refused.map(() => 'refused'))
    expect(kindOfStatus(401, ENTRY_REFUSED)).toBe('unauthorized')
  })
})

describe('evidence', () => {
  const response = (headers: Record<string, string>): HttpResponse => ({
    status: 429,
    headers,
    body: chunks(),
    text: async () => '',
  })

  it('holds address, status, the wait that was asked for and the head of the body', () => {
    expect(evidenceOf('https://p.example', response({ 'retry-after': '7' }), now, 'busy')).toEqual({
      url: 'https://p.example',
      status: 429,
      bodyHead: 'busy',
      retryAfterMs: 7_000,
    })
    expect(evidenceOf('https://p.example', response({}), now)).toEqual({ url: 'https://p.example', status: 429 })
  })

  it('never shows a key, not even the half of one that the end cuts in two', async () => {
    for (const before of [0, 100, 285, 299, 300]) {
      const body = `${'x'.repeat(before)}${SECRET}${'y'.repeat(400)}`
      for (const head of [
        headOf(body, SECRET),
        headOf(Buffer.from(body), SECRET),
        await headOfStream(chunks(body), SECRET),
      ]) {
        expect(head.length).toBeLessThanOrEqual(300)
        expect(head).not.toContain(SECRET.slice(0, 3))
      }
    }
  })

  it('is read no further than needed, and from a body that breaks off', async () => {
    const given: string[] = []
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) {
        given.push('z'.repeat(200))
        yield Buffer.from(given.at(-1) ?? '')
      }
    }
    expect(await headOfStream(endless(), SECRET)).toBe('z'.repeat(300))
    expect(given.length).toBe(2)
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('half')
      throw new Error('reset')
    }
    expect(await headOfStream(broken(), SECRET)).toBe('half')
  })
})

describe('a record that is put aside', () => {
  it('says the first fault with its place, and keeps its identity and bytes', () => {
    const read = z.object({ quotas: z.array(z.object({ id: z.string() })) }).safeParse({ quotas: [{ id: 1 }] })
    expect(read.success ? '' : firstIssue(read.error)).toMatch(/^quotas\.0\.id: /)
    const whole = z.object({}).safeParse(7)
    expect(whole.success ? '' : firstIssue(whole.error)).toMatch(/^the record: /)
    const raw = Buffer.from('{')
    const about = { providerSurveyId: 'survey-1', order: '4', more: true }
    expect(unreadable(about, notJson(new SyntaxError('cut')), raw)).toEqual({
      providerSurveyId: 'survey-1',
      order: '4',
      reason: 'not JSON: cut',
      raw,
    })
  })

  it('is undefined where an answer is no JSON', () => {
    expect(jsonOrNothing(() => parseExactJson('{"a": 1}'))).toEqual({ a: expect.anything() })
    expect(jsonOrNothing(() => parseExactJson('<html>'))).toBeUndefined()
  })
})

describe('an address for respondents', () => {
  it.each([
    ['https://s.example/x', 'https://p.example', true],
    ['http://s.example/x', 'https://p.example', false],
    ['http://s.example/x', 'http://127.0.0.1:8090', true],
    ['https://user@s.example/', 'https://p.example', false],
    ['https://:pw@s.example/', 'https://p.example', false],
    ['javascript:alert(1)', 'http://127.0.0.1:8090', false],
    ['/relative', 'https://p.example', false],
    ['', 'https://p.example', false],
  ])('%s, with the provider at %s: %s', (address, reachedAt, usable) => {
    expect(webAddress(address, reachedAt) !== null).toBe(usable)
  })
})
