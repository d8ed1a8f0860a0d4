import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatDuration, parseDuration } from '../../../platform/config/duration.js'

describe('durations', () => {
  it.each([
    ['500ms', 500],
    ['12s', 12_000],
    ['30m', 1_800_000],
    ['24h', 86_400_000],
    ['30d', 2_592_000_000],
    ['0s', 0],
  ])('%s is %d ms', (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds)
  })

  it.each([[''], ['12'], ['12 s'], ['1.5s'], ['-1s'], ['1S'], ['1w'], ['s'], ['1s1s'], ['99999d'], ['1e3s'], ['١s']])(
    '%j is no duration',
    (text) => expect(parseDuration(text)).toBeNull(),
  )

  it('are written and read back unchanged', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3_650 * 86_400_000 }), (milliseconds) => {
        expect(parseDuration(formatDuration(milliseconds))).toBe(milliseconds)
      }),
    )
  })

  it('mean the same in every unit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000 }), (days) => {
        expect(parseDuration(`${days}d`)).toBe(parseDuration(`${days * 24}h`))
        expect(parseDuration(`${days}h`)).toBe(parseDuration(`${days * 3_600}s`))
        expect(parseDuration(`${days}m`)).toBe(parseDuration(`${days * 60_000}ms`))
      }),
    )
  })
})
