import { describe, expect, test } from 'vitest'
import type { ConnectionBase } from '../../platform/config/connection-base.js'
import type { SupplyBatch } from '../../providers/adapter.js'
import type { HttpResponse } from '../../providers/http.js'
import type { FeedCase } from './case.js'
import { readPage, type Suite, served } from './contract.js'
import { suite as dynata } from './dynata/suite.js'
import { type HttpDouble, httpDouble } from './http-double.js'
import { suite as kantar } from './kantar/suite.js'
import { matchOf } from './match-cases.js'
import { suite as purespectrum } from './purespectrum/suite.js'
import { suite as toluna } from './toluna/suite.js'

const MARK = Buffer.from([0xef, 0xbb, 0xbf])

/** The same provider with a UTF-8 byte order mark before every answer, as some servers write it. */
function marked(http: HttpDouble): HttpDouble {
  return {
    requests: http.requests,
    async request(request): Promise<HttpResponse> {
      const answer = await http.request(request)
      async function* body() {
        yield MARK
        yield* answer.body
      }
      return { ...answer, body: body(), text: async () => `\ufeff${await answer.text()}` }
    },
  }
}

describe('an answer with a byte order mark is read as if it were not there', () => {
  async function sameFeed<Config extends ConnectionBase>(suite: Suite<Config>): Promise<void> {
    const cases = suite.cases.filter((one): one is FeedCase => one.kind === 'feed' && one.folder === 'exemplary')
    const one = cases.find(({ expect: wanted }) => (wanted.surveys?.length ?? 0) > 0 && wanted.error === undefined)
    if (one === undefined) expect.unreachable('the case is missing')
    const page = suite.pageOf(one.given)
    const plain = await readPage(suite, served(suite, page, one.respond), one)
    expect(plain.flatMap(({ changes }) => changes).length).toBeGreaterThan(0)
    // the stored bytes of a record are the received ones
    const withoutRaw = (batches: SupplyBatch[]) =>
      batches.map((batch) => ({ ...batch, changes: batch.changes.map((change) => ({ ...change, raw: null })) }))
    const read = await readPage(suite, marked(served(suite, page, one.respond)), one)
    expect(withoutRaw(read)).toEqual(withoutRaw(plain))
  }
  test('kantar', () => sameFeed(kantar))
  test('toluna', () => sameFeed(toluna))
  test('purespectrum', () => sameFeed(purespectrum))

  test('dynata', async () => {
    const body = dynata.pageOf({})
    const plain = await matchOf(dynata, httpDouble({ body }))
    expect(plain.surveys.length).toBeGreaterThan(0)
    expect(await matchOf(dynata, marked(httpDouble({ body })))).toEqual(plain)
  })
})
