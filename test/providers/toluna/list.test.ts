import { describe, expect, test } from 'vitest'
import type { Cursor, SupplyBatch } from '../../../providers/adapter.js'
import { toluna } from '../../../providers/toluna/index.js'
import { KNOWN_RESULT_CODES, resultCode } from '../../../providers/toluna/result-codes.js'
import { readStamp } from '../../../providers/toluna/stamps.js'
import { httpDouble } from '../http-double.js'
import { connection } from './connection.js'
import { pageOf } from './page.js'

const NOW = new Date('2026-11-20T10:00:00Z')
const config = toluna.config.parse(connection)

async function lastBatch(list: object, from: Cursor = null): Promise<SupplyBatch> {
  const call = { config, http: httpDouble({ body: list }), now: NOW, signal: new AbortController().signal }
  let last: SupplyBatch | null = null
  for await (const batch of toluna.feed?.fetch(call, from) ?? []) last = batch
  if (last === null) throw new Error('no batch')
  return last
}

const surveys = (count: number): unknown[] =>
  JSON.parse(pageOf({ surveys: Array.from({ length: count }, (_, at) => ({ SurveyID: at + 1 })) }))
const seconds = (batch: SupplyBatch): number => ((batch.notBefore?.getTime() ?? 0) - NOW.getTime()) / 1_000

describe('the time of the next poll (Get Quotas, CacheExpires)', () => {
  test.each([
    ['without a zone it is UTC', '2026-11-20 10:05:00.000', 300],
    ['with Z and seven digits', '2026-11-20T10:05:00.0000000Z', 300],
    ['with another zone', '2026-11-20T12:05:00+02:00', 300],
    ['past: the floor', '2019-03-03 18:42:34.000', 30],
    ['sooner than the floor', '2026-11-20T10:00:05Z', 30],
    ['absurdly far: before our stock would go stale', '2099-01-01T00:00:00Z', 600],
    ['no stamp', 'soon', 30],
    ['31 February', '2026-02-31T10:00:00', 30],
    ['null', null, 30],
    ['a number', 17, 30],
  ])('%s', async (_name, stamp, expected) => {
    expect(seconds(await lastBatch({ CacheExpires: stamp, Surveys: surveys(1) }))).toBe(expected)
  })

  test('absent', async () => {
    expect(seconds(await lastBatch({ Surveys: [] }))).toBe(30)
  })

  test('a timestamp is read the same on a machine in any zone', () => {
    expect(readStamp('2019-03-03 18:42:34.000')?.toISOString()).toBe('2019-03-03T18:42:34.000Z')
    expect(readStamp('2019-03-03T18:42:34.5-0530')?.toISOString()).toBe('2019-03-04T00:12:34.500Z')
    expect(readStamp('2019-13-03T18:42:34')).toBeNull()
  })
})

describe('surveys that leave the list are withdrawn, once the list is a snapshot', () => {
  const first = async () => (await lastBatch({ Surveys: surveys(10) })).next ?? null

  test('a list that shrinks a little is a snapshot immediately', async () => {
    expect(await lastBatch({ Surveys: surveys(6) }, await first())).toMatchObject({ snapshot: true })
  })

  test.each([
    ['empty', 0],
    ['suddenly tiny', 3],
  ])('a list that is %s closes nothing until the next one confirms it', async (_name, count) => {
    const doubted = await lastBatch({ Surveys: surveys(count) }, await first())
    expect(doubted.snapshot).toBe(false)
    const confirmed = await lastBatch({ Surveys: surveys(count) }, doubted.next ?? null)
    expect(confirmed.snapshot).toBe(true)
  })

  test('a full list after a doubtful one is a snapshot, and the next doubtful one is not', async () => {
    const doubted = await lastBatch({ Surveys: [] }, await first())
    const whole = await lastBatch({ Surveys: surveys(9) }, doubted.next ?? null)
    expect(whole.snapshot).toBe(true)
    expect((await lastBatch({ Surveys: [] }, whole.next ?? null)).snapshot).toBe(false)
  })

  test('a list of few surveys may lose one, and a first list may be empty', async () => {
    const two = await lastBatch({ Surveys: surveys(2) })
    expect((await lastBatch({ Surveys: surveys(1) }, two.next ?? null)).snapshot).toBe(true)
    expect((await lastBatch({ Surveys: [] })).snapshot).toBe(true)
  })

  test('an invalid cursor starts from the beginning', async () => {
    expect((await lastBatch({ Surveys: [] }, '{{')).snapshot).toBe(true)
  })
})

describe('the table of result codes', () => {
  test('has an alarm and drops the quota for an undocumented code', () => {
    for (const code of [0, 1, 2, 7, 11, 44, 999, -1, Number.NaN]) {
      expect(resultCode(code)).toMatchObject({ name: 'UNKNOWN', effects: [{ kind: 'alarm' }, { kind: 'drop-quota' }] })
    }
  })

  test('has an effect for every refusal, and none for every retried code', () => {
    for (const code of KNOWN_RESULT_CODES) {
      const { class: about, effects } = resultCode(code)
      expect(effects.length > 0, String(code)).toBe(!['retry', 'throttled'].includes(about))
    }
  })
})
