import { createHash, createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { Verifier } from '../../../platform/config/verification-schema.js'
import { canCover } from '../../../platform/verification/covering.js'
import { createVerifiers } from '../../../platform/verification/verifiers.js'
import { arrivalOf, hash, hmac, post } from './arrivals.js'

const mechanism = createVerifiers({
  http: { request: () => Promise.reject(new Error('no network in this test')) },
  publicUrl: 'https://panel.example',
})
const naming = { sets: [['sid']], hints: ['metadata'] }
const fields = { session: 'sid', outcome: 'word' }
const PATH = '/postbacks/x'
const URL_START = `https://panel.example${PATH}?sid=s1&`

const list = { kind: 'fields' as const, names: ['sid'], separator: '' }
const other = { kind: 'fields' as const, names: ['word'], separator: '' }
const hmacOf = (text: string) => createHmac('sha256', 'supersecret').update(text).digest('hex')
const hashOf = (text: string) => createHash('sha1').update(`${text}supersecret`).digest('hex')
const KINDS = [
  ['hmac', hmac, hmacOf],
  ['hash', hash, hashOf],
] as const
const PLACES = ['query', 'json', 'form'] as const

/** An arrival with signature and fields in the given place; further fields follow the signature. */
function sent(place: (typeof PLACES)[number], given: Record<string, string>) {
  const query = new URLSearchParams(given).toString()
  if (place === 'query') return arrivalOf(`${PATH}?${query}`, { route: 'postback' })
  if (place === 'form') return post(PATH, query, 'application/x-www-form-urlencoded')
  return post(PATH, JSON.stringify(given), 'application/json')
}

async function verdict(
  verify: Verifier[],
  arrival: ReturnType<typeof sent>,
  known: typeof naming | undefined = naming,
) {
  const config = { verify, unsigned: 'refuse' as const, fields, ...(known === undefined ? {} : { naming: known }) }
  return mechanism.verify(config, arrival).then(
    ({ fields: read }) => ({ sid: read.sid, word: read.word }),
    ({ kind }: { kind: string }) => kind,
  )
}

describe.each(KINDS)('%s over what names the session', (_kind, verifierOf, digestOf) => {
  test.each(PLACES)('a list, in a %s: the outcome may be outside of it, the session may not', async (place) => {
    const location = place === 'query' ? 'query' : 'body'
    const covering = [verifierOf({ location, parameter: 'sig', over: list })]
    const good = { sid: 's1', word: 'C', sig: digestOf('s1') }
    expect(await verdict(covering, sent(place, good))).toEqual({ sid: 's1', word: 'C' })
    expect(await verdict(covering, sent(place, { ...good, sid: 's2' }))).toBe('forged')
    // A valid signature that does not cover the session next to it.
    const elsewhere = [verifierOf({ location, parameter: 'sig', over: other })]
    const loose = { word: 'C', sig: digestOf('C') }
    expect(await verdict(elsewhere, sent(place, { ...loose, sid: 's1' }))).toBe('malformed')
    expect(await verdict(elsewhere, sent(place, { ...loose, sid: 's2' }))).toBe('malformed')
    expect(canCover(elsewhere, naming)).toBe(false)
    expect(canCover(covering, naming)).toBe(true)
  })

  test.each(['url', 'url_without_separator'] as const)(
    '%s: the part before the signature names the session',
    async (kind) => {
      const verify = [verifierOf({ parameter: 'sig', over: { kind } })]
      const signed = (start: string) => digestOf(kind === 'url' ? start : start.slice(0, -1))
      const sig = signed(URL_START)
      expect(await verdict(verify, arrivalOf(`${PATH}?sid=s1&sig=${sig}`))).toEqual({ sid: 's1', word: undefined })
      expect(await verdict(verify, arrivalOf(`${PATH}?sid=s1&sig=${sig}&word=C`))).toEqual({ sid: 's1', word: 'C' })
      expect(await verdict(verify, arrivalOf(`${PATH}?sid=s1&sig=${sig}&sid=s1`))).toMatchObject({ sid: 's1' })
      expect(await verdict(verify, arrivalOf(`${PATH}?sid=s1&sig=${sig}&SID=s2`))).toBe('malformed')
      // One signature over an address that names no session, with any session after it.
      const bare = signed(`https://panel.example${PATH}?word=C&`)
      for (const sid of ['s1', 's2']) {
        expect(await verdict(verify, arrivalOf(`${PATH}?word=C&sig=${bare}&sid=${sid}`))).toBe('malformed')
        for (const [type, body] of [
          ['application/json', JSON.stringify({ sid })],
          ['application/x-www-form-urlencoded', `sid=${sid}`],
          ['text/plain', `sid=${sid}`],
        ] as const) {
          expect(await verdict(verify, post(`${PATH}?word=C&sig=${bare}`, body, type))).toBe('malformed')
        }
      }
      const inBody = post(`${PATH}?sid=s1&sig=${sig}`, '{"word":"C"}', 'application/json')
      expect(await verdict(verify, inBody)).toEqual({ sid: 's1', word: 'C' })
      const two = post(`${PATH}?sid=s1&sig=${sig}`, '{"sid":"s2"}', 'application/json')
      expect(await verdict(verify, two)).toBe('malformed')
      expect(canCover(verify, naming)).toBe(true)
    },
  )
})

test.each(PLACES)('a header proves the sender: every field in a %s is read', async (place) => {
  const header: Verifier = { kind: 'header', parameter: 'x-key', secret: 'k1' }
  const arrival = { ...sent(place, { sid: 's1', word: 'C' }), headers: { 'x-key': 'k1' } }
  expect(await verdict([header], arrival)).toEqual({ sid: 's1', word: 'C' })
  expect(canCover([header], naming)).toBe(true)
  expect(canCover([{ kind: 'none' }], naming)).toBe(true)
})

test('either of two sets names it: a transaction belongs to its first session', async () => {
  const dynata = { sets: [['sid'], ['txn']], hints: [] }
  const verify = [
    hash({ parameter: 'a', over: { kind: 'fields', names: ['offer'], separator: '' } }),
    hash({ parameter: 'b', over: { kind: 'fields', names: ['TXN'], separator: '' } }),
  ]
  const arrival = arrivalOf(`${PATH}?sid=s1&offer=o&txn=t&a=${hashOf('o')}&b=${hashOf('t')}`)
  expect(await verdict(verify, arrival, dynata)).toMatchObject({ sid: 's1' })
  expect(canCover(verify, dynata)).toBe(true)
  expect(canCover(verify.slice(0, 1), dynata)).toBe(false)
})

test('an echo of our own id that is not signed is not read', async () => {
  const verify = [hmac({ location: 'body', parameter: 'sig', over: list })]
  const body = { sid: 's1', sig: hmacOf('s1'), metadata: { internal_id: 'another' }, word: 'C' }
  const read = await mechanism.verify(
    { verify, unsigned: 'refuse', fields, naming },
    post(PATH, JSON.stringify(body), 'application/json'),
  )
  expect(read.fields).toEqual({ sid: 's1', word: 'C', sig: body.sig })
})

describe('the fingerprint of a signature', () => {
  const proofOf = async (verify: Verifier[], arrival: ReturnType<typeof sent>) =>
    (await mechanism.verify({ verify, unsigned: 'refuse' }, arrival)).proof

  test('does not depend on spelling or other fields, and differs for another signature', async () => {
    const verify = [hmac({ parameter: 'sig', over: list })]
    const sig = hmacOf('s1')
    const first = await proofOf(verify, arrivalOf(`${PATH}?sid=s1&sig=${sig}`))
    expect(first).toMatch(/^[\w-]{43}$/)
    expect(await proofOf(verify, arrivalOf(`${PATH}?word=F&sid=s1&sig=${sig.toUpperCase()}`))).toBe(first)
    expect(await proofOf(verify, arrivalOf(`${PATH}?sid=s2&sig=${hmacOf('s2')}`))).not.toBe(first)
    const header: Verifier = { kind: 'header', parameter: 'x-key', secret: 'k1' }
    expect(await proofOf([header], arrivalOf(PATH, { headers: { 'x-key': 'k1' } }))).toBeNull()
  })
})
