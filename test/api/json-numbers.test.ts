import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { changedNumber } from '../../api/http/json-numbers.js'

const field = (json: string) => changedNumber(json)?.field ?? null

describe('a number that a double would change', () => {
  test.each([
    ['9007199254740993', ''],
    ['{"a":9007199254740993}', 'a'],
    ['{"a":-9007199254740993}', 'a'],
    ['{"a":[1,{"b":12345678901234567890}]}', 'a.1.b'],
    ['{"a":{"x":1},"b":[[],[0,18446744073709551615]]}', 'b.1.1'],
    ['{"a":1e400}', 'a'],
    ['{"a":-1E+400}', 'a'],
    ['{"a":9007199254740993.0}', 'a'],
    ['{"a":9.007199254740993e15}', 'a'],
    ['{"quote\\"d \\u0061":9007199254740993}', 'quote"d a'],
    ['{"a":"\\\\","b":9007199254740993}', 'b'],
    ['{"a" : { } , "b" :\n9007199254740993 }', 'b'],
  ])('is found in %s', (json, where) => {
    expect(field(json)).toBe(where)
  })

  test.each([
    '9007199254740992',
    '{"a":"9007199254740993","9007199254740993":1}',
    '{"a":1e21,"b":1E2,"c":1.0,"d":-0,"e":1e-400}',
    '{"a":100000000000000000000}',
    '{"a":0.10000000000000001,"b":48.858370000000001}',
    '[1.5e3, 0e10, 12345678901234567e-20]',
    '""',
    'null',
  ])('is not found in %s', (json) => {
    expect(field(json)).toBeNull()
  })

  test('is not found in any JSON that JavaScript wrote', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(changedNumber(JSON.stringify(value))).toBeNull()
      }),
      { numRuns: 2_000 },
    )
  })

  test('is exactly an integer that a double does not return unchanged', () => {
    fc.assert(
      fc.property(fc.bigInt(-(2n ** 69n), 2n ** 69n), (value) => {
        expect(field(`[${value}]`) === null).toBe(JSON.stringify(Number(value)) === String(value))
      }),
      { numRuns: 2_000 },
    )
  })
})
