import fc from 'fast-check'
import { expect, test } from 'vitest'
import { OUTCOMES } from '../../sandbox/outcome-words.js'
import { countTicks, timeLabel, timeTicks } from '../../web/plots/axis.js'
import { outcomePlot } from '../../web/plots/outcome-plot.js'
import { progressPlot } from '../../web/plots/progress-plot.js'

const at = (seconds: number) => new Date(Date.UTC(2026, 10, 1, 12, 0, seconds))

test('an axis of counts begins at 0, covers the highest, and has few labels, all whole', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10_000_000 }), (highest) => {
      const ticks = countTicks(highest)
      expect(ticks[0]).toBe(0)
      expect(ticks.at(-1)).toBeGreaterThanOrEqual(highest)
      expect(ticks.length).toBeLessThanOrEqual(6)
      expect(ticks.every(Number.isInteger)).toBe(true)
    }),
  )
  expect(countTicks(40)).toEqual([0, 10, 20, 30, 40])
})

test('an axis of time has few labels, all within it, with a precision that fits its range', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e12 }), fc.integer({ min: 1, max: 1e10 }), (from, span) => {
      const ticks = timeTicks(from, from + span)
      expect(ticks.length).toBeLessThanOrEqual(7)
      expect(ticks.every((tick) => tick >= from && tick <= from + span)).toBe(true)
      expect(new Set(ticks.map((tick) => timeLabel(tick, ticks))).size).toBe(ticks.length)
    }),
  )
})

test('completes are drawn in steps up to now, the target as a line, and both as text', () => {
  const points = [
    { at: at(0), completes: 0, failures: 0 },
    { at: at(30), completes: 5, failures: 1 },
  ]
  const text = progressPlot({ id: 'p', points, until: at(60), target: 10 }).text
  // wide: x from 46 to 690 over a minute, y from 230 (0) to 26 (10)
  expect(text).toContain('class="completes-line" d="M46 230H368V128H690"')
  expect(text).toContain('class="failures-line" d="M46 230H368V209.6H690"')
  expect(text).toContain('<line class="target-line" x1="46" x2="690" y1="26" y2="26"/>')
  expect(text).toContain('5 of 10 completes and 1 sessions not completed at 12:01:00 UTC')
  expect(text.match(/role="img"/g)).toHaveLength(2)
})

test('a plan without samples has axes and a note', () => {
  const text = progressPlot({ id: 'p', points: [], until: at(0), target: 3 }).text
  expect(text).toContain('no data yet')
  expect(text).not.toContain('NaN')
})

test('outcomes are stacked in proportion, and an unknown panel name is escaped', () => {
  const panels = { '<b>': { COMPLETED: 3, QUOTA_FULL: 1 }, other: {} }
  const text = outcomePlot({ id: 'o', outcomes: OUTCOMES, panels }).text
  // wide: 4 sessions over x 110 to 686
  expect(text).toContain('<rect class="bar-completed" x="110" y="16" width="432" height="24">')
  expect(text).toContain('<rect class="bar-quota_full" x="542" y="16" width="144" height="24">')
  expect(text).toContain('&lt;b&gt;: 4 sessions (3 COMPLETED, 1 QUOTA_FULL). other: 0 sessions')
  expect(text).not.toContain('<b>')
})
