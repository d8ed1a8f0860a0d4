import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ConnectionBase } from '../../platform/config/connection-base.js'
import { createHttp } from '../../platform/egress/http-client.js'
import { ProviderError } from '../../providers/errors.js'
import { createProviderHttp } from '../../providers/provider-http.js'
import { arrivalsOf, callOf, frozen, NOW, type Suite } from './contract.js'
import { httpDouble } from './http-double.js'
import { PANELIST } from './match-cases.js'

/** Outcome words: the known ones mean what the table says, and nothing else ever means COMPLETED. */
export function checkArrivalProperties<Config extends ConnectionBase>(suite: Suite<Config>): void {
  const { words } = suite
  describe('any arrival', () => {
    const { config } = callOf(suite, httpDouble({}))
    const read = (fields: Record<string, unknown>) =>
      arrivalsOf(suite).read(config, frozen({ route: 'return', name: '', fields, unsigned: false }))

    test('has the outcome of the table', () => {
      for (const [word, outcome] of Object.entries(words)) {
        expect(read(suite.arrivalWith(word))).toMatchObject({ outcome, word })
      }
    })

    test('with an unknown word is never COMPLETED, nor any other outcome', () => {
      const near = Object.keys(words).flatMap((word) => [
        `${word} `,
        ` ${word}`,
        `${word}X`,
        word.slice(1),
        `${word}\u0000`,
      ])
      const word = fc.oneof(
        fc.string({ minLength: 1 }),
        fc.constantFrom(...near.filter((one) => one !== ''), '__proto__', 'constructor', 'toString', 'hasOwnProperty'),
      )
      fc.assert(
        fc.property(word, (given) => {
          if (Object.hasOwn(words, given)) return
          expect(read(suite.arrivalWith(given)).outcome).toBeNull()
        }),
        { numRuns: 1_000 },
      )
    })

    test('of any fields is a report or a ProviderError', () => {
      const names = Object.keys(suite.arrivalWith('x'))
      const fields = fc.dictionary(fc.oneof(fc.constantFrom(...names, 'metadata'), fc.string()), fc.jsonValue(), {
        maxKeys: 6,
      })
      fc.assert(
        fc.property(fields, (given) => {
          try {
            expect(typeof read(given).word).toBe('string')
          } catch (error) {
            expect(error).toBeInstanceOf(ProviderError)
          }
        }),
        { numRuns: 1_000 },
      )
    })
  })
}

/** A server that takes the connection and says nothing must cost a call its deadline, and no more. */
export function checkDeadlines<Config extends ConnectionBase>(suite: Suite<Config>): void {
  test('a server that hangs ends in timed-out, and a cancelled call ends immediately', async () => {
    const server = createServer(() => {})
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const client = createHttp({ allowPrivate: true })
    const real = createProviderHttp(client)
    // The adapter's own deadline is minutes of real time at most; the test shortens it and keeps everything else.
    const http = {
      requests: [],
      request: (request: Parameters<typeof real.request>[0]) => real.request({ ...request, timeoutMs: 200 }),
    }
    const config = relocated(suite.connection, origin)
    try {
      const { feed, live } = suite.adapter
      const calls = [
        ...(feed ? [() => consume(feed.fetch({ ...callOf(suite, http, config) }, null))] : []),
        ...(feed?.acknowledge ? [() => feed.acknowledge?.(callOf(suite, http, config), '1')] : []),
        ...(live ? [() => live.matchPanelist(callOf(suite, http, config), PANELIST)] : []),
      ]
      for (const call of calls) await expect(call()).rejects.toMatchObject({ kind: 'timed-out' })
      const stop = new AbortController()
      const reason = new Error('cancelled')
      setTimeout(() => stop.abort(reason), 50)
      const call = { ...callOf(suite, { requests: [], request: real.request }, config), signal: stop.signal, now: NOW }
      const long = live ? live.matchPanelist(call, PANELIST) : consume(feed?.fetch(call, null))
      await expect(long).rejects.toBe(reason)
    } finally {
      await client.close()
      server.closeAllConnections()
      server.close()
    }
  })
}

/** The connection with every address of its own moved to another server. */
function relocated(connection: Record<string, unknown>, origin: string): Record<string, unknown> {
  const moved = Object.entries(connection).filter(([, value]) => typeof value === 'string' && /^https?:/.test(value))
  return Object.fromEntries(moved.map(([name]) => [name, origin]))
}

async function consume(batches: AsyncIterable<unknown> | undefined): Promise<void> {
  for await (const _ of batches ?? []) {
    // only its end counts
  }
}
