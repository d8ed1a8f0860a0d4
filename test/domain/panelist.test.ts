import { describe, expect, test } from 'vitest'
import { ageOn, valuesOf } from '../../domain/panelist.js'

describe('age', () => {
  const today = new Date('2026-03-01T12:00:00Z')
  test.each([
    ['1990-03-01', 36],
    ['1990-03-02', 35],
    ['1990-02-28', 36],
    ['2004-02-29', 22],
    ['2026-03-01', 0],
    ['2026-03-02', null],
    ['1990-02-30', null],
    ['2023-02-29', null],
    ['1990-13-01', null],
    ['1990-1-1', null],
    ['yesterday', null],
  ])('of %s', (born, age) => {
    expect(ageOn(born, today)).toBe(age)
  })

  test('a birthday on 29 February counts on 1 March, not on 28 February', () => {
    expect(ageOn('2004-02-29', new Date('2025-02-28T23:59:59Z'))).toBe(20)
    expect(ageOn('2004-02-29', new Date('2025-03-01T00:00:00Z'))).toBe(21)
  })
})

test('answers are read joined, listed or as numbers, and never blank', () => {
  expect(valuesOf('1|2| 4 |')).toEqual(['1', '2', '4'])
  expect(valuesOf(['1', 2, '3|4'])).toEqual(['1', '2', '3', '4'])
  expect(valuesOf(34)).toEqual(['34'])
  expect(valuesOf('  ')).toEqual([])
  expect(valuesOf([])).toEqual([])
})
