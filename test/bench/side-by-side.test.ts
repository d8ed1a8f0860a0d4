import { describe, expect, it } from 'vitest'
import { compare, flatten } from '../../bench/side-by-side/compare.js'

describe('the figures of two checkouts', () => {
  it('are numbers by the path to them', () => {
    expect(flatten({ match_us: { p50: 1, p99: 2 }, note: 'x', held: true, rounds: [3] })).toEqual(
      new Map([
        ['match_us.p50', 1],
        ['match_us.p99', 2],
        ['rounds.0', 3],
      ]),
    )
  })

  it('are compared by their medians, with the spread of the noisier side', () => {
    const runs = (...values: number[]) => values.map((value) => new Map([['ms', value]]))
    expect(compare(runs(10, 30, 12), runs(6, 9, 6))).toEqual([
      { figure: 'ms', before: 12, after: 6, ratio: 0.5, spread: 167 },
    ])
    expect(compare(runs(10, 20), runs(30))).toEqual([{ figure: 'ms', before: 15, after: 30, ratio: 2, spread: 67 }])
  })

  it('have no ratio to 0, and leave out what one side does not have', () => {
    const before = [new Map([['lost', 0]]), new Map([['old', 1]])]
    expect(compare(before, [new Map([['lost', 0]])])).toEqual([
      { figure: 'lost', before: 0, after: 0, ratio: null, spread: 0 },
    ])
  })
})
