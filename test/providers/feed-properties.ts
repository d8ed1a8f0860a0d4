import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ConnectionBase } from '../../platform/config/connection-base.js'
import type { SupplyBatch } from '../../providers/adapter.js'
import { ProviderError } from '../../providers/errors.js'
import { parseJson } from '../../providers/kit/json.js'
import type { FeedCase } from './case.js'
import { pageOf, plain, readPage, type Suite, served } from './contract.js'

/** Number of truncations of a golden page: many for the first (F9), fewer for the similar ones. */
const TRUNCATIONS = { first: 500, others: 60 }

/** What must hold of any feed, whatever the provider and whatever it sends (docs/polling.md, What one poll does). */
export function checkFeedProperties<Config extends ConnectionBase>(suite: Suite<Config>): void {
  if (!suite.adapter.feed) return
  const good = suite.cases.filter((one): one is FeedCase => one.kind === 'feed' && !one.expect.error)
  const golden = good.filter(({ folder }) => folder === 'exemplary')

  describe('any page', () => {
    test('reads the same in chunks of any size', async () => {
      for (const one of good) {
        const body = pageOf(suite, one)
        const whole = await readPage(suite, served(suite, body), one)
        for (const chunkBytes of [1, 7, 64]) {
          expect(await readPage(suite, served(suite, body, {}, chunkBytes), one)).toEqual(whole)
        }
      }
    })

    test('loses no record: accepted and unreadable ones are all received ones, with their bytes', async () => {
      for (const one of good) {
        const body = pageOf(suite, one)
        const batches = await readPage(suite, served(suite, body), one)
        const raws = rawsOf(batches)
        for (const raw of raws) expect(body, 'the bytes travel as they came, unknown fields with them').toContain(raw)
        const named = batches.flatMap(({ present }) => present ?? [])
        if (readable(body)) expect(raws.length + named.length).toBe((JSON.parse(body) as unknown[]).length)
      }
    })

    test('has the next cursor on its last batch only, and batches of bounded size', async () => {
      const [one] = golden
      const record = one ? pageOf(suite, one).trim().slice(1, -1) : ''
      const body = `[${Array.from({ length: 1_201 }, () => record).join(',')}]`
      const batches = await readPage(suite, served(suite, body))
      expect(batches.length).toBeGreaterThan(1)
      expect(batches.reduce((sum, batch) => sum + sizeOf(batch), 0)).toBe(1_201)
      batches.forEach((batch, index) => {
        expect(sizeOf(batch)).toBeLessThanOrEqual(500)
        expect('next' in batch).toBe(index === batches.length - 1)
        if (suite.adapter.feed?.acknowledge) expect('receipt' in batch).toBe(index === batches.length - 1)
      })
    })

    test('has money in whole minor units, and valid numbers', async () => {
      for (const one of good) {
        for (const batch of await readPage(suite, served(suite, pageOf(suite, one)), one)) {
          for (const change of batch.changes) {
            if (change.kind !== 'offered') continue
            const { price, quotas, loiMinutes, irPercent } = change.survey
            for (const money of [price, ...quotas.flatMap((quota) => quota.price ?? [])]) {
              expect(typeof money.amountMinor).toBe('bigint')
              expect(money.currency).toMatch(/^[A-Z]{3}$/)
            }
            expect(loiMinutes).toBeGreaterThan(0)
            expect(Number.isFinite(irPercent)).toBe(true)
          }
        }
      }
    })

    test('cut anywhere is refused whole', async () => {
      for (const [index, one] of golden.entries()) {
        const body = Buffer.from(pageOf(suite, one).trimEnd())
        const tries = index === 0 ? TRUNCATIONS.first : TRUNCATIONS.others
        const step = Math.max(1, Math.floor(body.length / tries))
        // an empty body is not a cut page
        for (let length = 1; length < body.length; length += step) {
          const batches: SupplyBatch[] = []
          const cut = body.subarray(0, length)
          const error = await readPage(suite, served(suite, cut), one).then(
            (read) => batches.push(...read),
            (reason: unknown) => reason,
          )
          expect(error, `cut at ${length} of ${body.length}`).toMatchObject({ kind: 'misread' })
        }
      }
    })

    test('of noise ends only in quarantined records or a refused page', async () => {
      const pages = golden.map((one) => pageOf(suite, one))
      const mutation = fc.record({
        page: fc.constantFrom(...pages),
        edits: fc.array(fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), cut: fc.nat(12), put: noise }), {
          minLength: 1,
          maxLength: 6,
        }),
      })
      await fc.assert(
        fc.asyncProperty(mutation, async ({ page, edits }) => {
          const body = edits.reduce(edited, page)
          await survives(suite, body)
        }),
        { numRuns: 1_000 },
      )
    })

    test('of well-formed records with any value in any place ends only in these ways too', async () => {
      const records = golden.flatMap((one) => JSON.parse(pageOf(suite, one)) as unknown[])
      const places = records.flatMap((record) => pathsOf(record).map((path) => ({ record, path })))
      const change = fc.record({
        place: fc.constantFrom(...places),
        value: fc.oneof(odd, fc.jsonValue({ maxDepth: 3 })),
      })
      await fc.assert(
        fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (edits) => {
          const page = edits.map(({ place, value }) => {
            const holder = { record: structuredClone(place.record) }
            replaced(holder, ['record', ...place.path], value)
            return holder.record
          })
          const batches = await survives(suite, JSON.stringify(page))
          expect(rawsOf(batches ?? []).length).toBe(page.length)
        }),
        { numRuns: 1_000 },
      )
    })
  })
}

const noise = fc.oneof(
  fc.constantFrom(
    '"',
    '\\',
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    'null',
    '-1',
    '1e999',
    '012345',
    '\u0000',
    '\ud800',
    '__proto__',
  ),
  fc.string({ unit: 'binary', maxLength: 5 }),
)

const odd = fc.constantFrom<unknown>(
  null,
  -1,
  0,
  1.5,
  1e300,
  2 ** 53,
  '',
  ' ',
  '2',
  'NaN',
  '1e5',
  true,
  [],
  {},
  [[]],
  [null],
  'OPEN',
  '16-40',
)

function edited(page: string, edit: { at: number; cut: number; put: string }): string {
  const at = Math.floor(edit.at * page.length)
  return page.slice(0, at) + edit.put + page.slice(at + edit.cut)
}

/** The batches of a page, or null when the page was refused; any other end fails the test. */
async function survives<Config extends ConnectionBase>(
  suite: Suite<Config>,
  body: string,
): Promise<SupplyBatch[] | null> {
  try {
    const batches = await readPage(suite, served(suite, body))
    for (const { raw, reason } of batches.flatMap((batch) => batch.unreadable)) {
      expect(raw.length).toBeGreaterThan(0)
      expect(reason).not.toBe('')
    }
    // Every accepted record must be storable.
    plain(batches)
    return batches
  } catch (error) {
    expect(error).toBeInstanceOf(ProviderError)
    expect(error).toMatchObject({ kind: 'misread' })
    return null
  }
}

function rawsOf(batches: readonly SupplyBatch[]): string[] {
  return batches.flatMap((batch) => [
    ...batch.changes.flatMap((change) => (change.kind === 'offered' ? [Buffer.from(change.raw).toString()] : [])),
    ...batch.unreadable.map(({ raw }) => Buffer.from(raw).toString()),
  ])
}

function sizeOf(batch: SupplyBatch): number {
  return batch.changes.length + batch.unreadable.length
}

function readable(body: string): boolean {
  try {
    return Array.isArray(parseJson(body))
  } catch {
    return false
  }
}

type Path = (string | number)[]

function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path]
  const inner = Array.isArray(value)
    ? value.flatMap((item, index) => pathsOf(item, [...path, index]))
    : Object.entries(value).flatMap(([name, item]) => pathsOf(item, [...path, name]))
  return [path, ...inner]
}

function replaced(root: unknown, path: Path, value: unknown): void {
  const [name, ...rest] = path
  if (name === undefined || typeof root !== 'object' || root === null) return
  const holder = root as Record<string | number, unknown>
  if (rest.length === 0) holder[name] = value
  else replaced(holder[name], rest, value)
}
