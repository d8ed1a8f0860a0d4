import { describe, expect, test } from 'vitest'
import { jsonMembers } from '../../../platform/json/json-members.js'
import {
  type DecimalNumber,
  parseExactJson,
  parseExactJsonBytes,
  parseJson,
  parseJsonBytes,
} from '../../../platform/json/parse-json.js'

describe('the one reader of JSON', () => {
  test('ignores a byte order mark at the start only', () => {
    const text = '\ufeff {"a": 9007199254740993, "b": 1.50, "c": "\ufeff"}'
    const bytes = Buffer.from(text)
    for (const read of [parseJson(text), parseJsonBytes(bytes)]) {
      expect(read).toEqual({ a: 9007199254740993n, b: 1.5, c: '\ufeff' })
    }
    for (const read of [parseExactJson(text), parseExactJsonBytes(bytes)]) {
      expect((read as { b: DecimalNumber }).b.text).toBe('1.50')
    }
    expect(() => parseJson('\ufeff\ufeff{}')).toThrow(SyntaxError)
    expect(() => parseJson('{\ufeff}')).toThrow(SyntaxError)
  })

  test('accepts at most 64 levels, and ignores brackets in strings', () => {
    const nested = (levels: number) => `${'['.repeat(levels)}"[[[\\"[[["${']'.repeat(levels)}`
    expect(() => parseJson(nested(64))).not.toThrow()
    expect(() => parseJson(nested(65))).toThrow('nested deeper than 64 levels')
    expect(() => parseExactJson('['.repeat(1_000_000))).toThrow('nested deeper than 64 levels')
    expect(() => jsonMembers('{"a":'.repeat(100_000), 10)).toThrow('nested deeper than 64 levels')
  })
})

describe('the members of an object', () => {
  test('are returned as they were written, including repeated ones', () => {
    const text = '\ufeff{ "a" : 1.50 ,"b":{"x":[1,{"y":"},]"}]} , "a":"\\"q, }", "\\u0063":null,"d":[],"e":-1e3\n}'
    expect(jsonMembers(text, 10)).toEqual([
      { name: 'a', raw: '1.50' },
      { name: 'b', raw: '{"x":[1,{"y":"},]"}]}' },
      { name: 'a', raw: '"\\"q, }"' },
      { name: 'c', raw: 'null' },
      { name: 'd', raw: '[]' },
      { name: 'e', raw: '-1e3' },
    ])
    expect(jsonMembers('{}', 0)).toEqual([])
  })

  test('of a non-object, or too many of them, are an error', () => {
    for (const text of ['[]', '1', 'null', '"{}"', '{"a":1}x', '{"a":01}', '{"a":1,}', '']) {
      expect(() => jsonMembers(text, 10), text).toThrow(SyntaxError)
    }
    expect(() => jsonMembers('{"a":1,"b":2}', 1)).toThrow('more than 1 members')
  })
})
