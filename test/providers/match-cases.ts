import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ConnectionBase } from '../../platform/config/connection-base.js'
import type { PanelistMatch, PanelistRequest } from '../../providers/adapter.js'
import { ProviderError } from '../../providers/errors.js'
import type { MatchCase } from './case.js'
import { callOf, expectError, frozen, plain, type Suite } from './contract.js'
import { type HttpDouble, httpDouble } from './http-double.js'

/** The panelist of the cases; a case may override members. */
export const PANELIST: PanelistRequest = {
  panelistId: 'panelist-1',
  country: 'USA',
  dateOfBirth: '1990-04-23',
  profile: { sex: ['2'], postal: ['94107'] },
  userIp: '203.0.113.9',
  userAgent: 'Mozilla/5.0 (X11; Linux x86_64)',
}

export function matchOf<Config extends ConnectionBase>(
  suite: Suite<Config>,
  http: HttpDouble,
  more: { config?: Record<string, unknown>; panelist?: Record<string, unknown> } = {},
): Promise<PanelistMatch> {
  const { live } = suite.adapter
  if (!live) throw new Error(`${suite.adapter.name} does not match by panelist`)
  const panelist = frozen({ ...PANELIST, ...more.panelist }) as PanelistRequest
  return Promise.resolve().then(() => live.matchPanelist(callOf(suite, http, more.config), panelist))
}

export async function runMatch<Config extends ConnectionBase>(suite: Suite<Config>, one: MatchCase): Promise<void> {
  const answers = one.respond ?? [{ body: suite.pageOf(one.given ?? {}) }]
  const doubles = answers.map((answer) => httpDouble({ ...answer, body: answer.body ?? suite.pageOf(one.given ?? {}) }))
  const requests: HttpDouble['requests'] = []
  const http: HttpDouble = {
    requests,
    request: (request) => {
      const double = doubles[Math.min(requests.length, doubles.length - 1)]
      requests.push(request)
      if (!double) throw new Error('the case has no answer')
      return double.request(request)
    },
  }
  const matching = matchOf(suite, http, {
    ...(one.config ? { config: one.config } : {}),
    ...(one.panelist ? { panelist: one.panelist } : {}),
  })
  if (one.expect.error) await expectError(matching, one.expect.error)
  else expect(plain(await matching)).toMatchObject(one.expect.match ?? {})
  if (one.expectRequests)
    expect(requests.map((request) => suite.readMatchRequest?.(request))).toEqual(one.expectRequests)
}

/** Whatever a provider answers is a match or a ProviderError; every record of a list is accounted for; nothing is free. */
export function checkMatchProperties<Config extends ConnectionBase>(suite: Suite<Config>): void {
  describe('any answer to a match', () => {
    const whole: unknown = JSON.parse(suite.pageOf({}))
    test('is a match or a ProviderError, and every survey has a price, a link and an id of its own', async () => {
      await fc.assert(
        fc.asyncProperty(mutated(whole), async (answer) => {
          const body = JSON.stringify(answer)
          try {
            const match = await matchOf(suite, httpDouble({ body }))
            const ids = [...match.surveys, ...match.offers.map(({ survey }) => survey)].map(
              (one) => one.providerSurveyId,
            )
            expect(new Set(ids).size).toBe(ids.length)
            for (const { price, entry } of match.surveys) {
              expect(price.amountMinor > 0n).toBe(true)
              expect(entry.url).toMatch(/^https:.*sub_id=$/)
            }
            const { surveys = [], offers } = JSON.parse(body) as { surveys?: unknown[]; offers?: unknown[] | null }
            const received = Array.isArray(surveys) ? surveys.length + (Array.isArray(offers) ? offers.length : 0) : 0
            const kept = match.surveys.length + match.offers.length + match.unreadable.length + match.unpriced
            if (match.notice === null && !('errorInfo' in JSON.parse(body))) expect(kept).toBe(received)
          } catch (error) {
            if (!(error instanceof ProviderError)) throw error
          }
        }),
        { numRuns: 1_500 },
      )
    })

    test('that is cut anywhere is refused or read whole', async () => {
      const body = suite.pageOf({})
      // an empty body is not a cut answer
      for (let at = 7; at < body.length; at += 7) {
        const error: unknown = await matchOf(suite, httpDouble({ body: body.slice(0, at) })).catch((reason) => reason)
        expect(error).toBeInstanceOf(ProviderError)
      }
    })
  })
}

/** The document with one of its values, at any place, replaced by another. */
function mutated(whole: unknown): fc.Arbitrary<unknown> {
  const paths: (string | number)[][] = []
  const walk = (value: unknown, path: (string | number)[]) => {
    if (path.length > 0) paths.push(path)
    if (typeof value !== 'object' || value === null) return
    for (const [key, item] of Object.entries(value)) walk(item, [...path, Array.isArray(value) ? Number(key) : key])
  }
  walk(whole, [])
  const odd = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom<unknown>(
      null,
      '',
      '0',
      -1,
      0,
      Number.POSITIVE_INFINITY,
      '1e9',
      '-3.75',
      'NaN',
      [],
      {},
      'javascript:alert(1)',
      '__proto__',
    ),
  )
  return fc.tuple(fc.constantFrom(...paths), odd).map(([path, value]) => {
    const copy = structuredClone(whole)
    let place = copy as Record<string | number, unknown>
    for (const key of path.slice(0, -1)) place = place[key] as Record<string | number, unknown>
    const last = path.at(-1)
    if (last !== undefined) place[last] = value
    return copy
  })
}
