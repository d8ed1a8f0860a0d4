import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseExactJson, parseJson, parseJsonBytes } from '../../providers/kit/json.js'
import { splitJsonArray } from '../../providers/kit/json-array.js'

async function* pieces(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = Math.max(1, sizes[turn % sizes.length] ?? 1)
    yield bytes.subarray(at, at + size)
    at += size
  }
}

async function split(text: string | Uint8Array, sizes: readonly number[] = [7], cap?: number): Promise<string[]> {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text
  const elements: string[] = []
  for await (const element of splitJsonArray(pieces(bytes, sizes), cap)) elements.push(Buffer.from(element).toString())
  return elements
}

describe('a streamed JSON list', () => {
  test('returns every element of any list, with any spacing and chunk size', async () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(fc.array(fc.jsonValue()), fc.constantFrom(0, 2), sizes, async (values, spaces, cuts) => {
        const elements = await split(JSON.stringify(values, null, spaces), cuts)
        expect(elements.map((element) => JSON.parse(element))).toEqual(JSON.parse(JSON.stringify(values)))
      }),
      { numRuns: 1_000 },
    )
  })

  test.each([
    [
      'brackets and quotes inside of strings',
      '[{"a":"]}\\"[{,"},"\\\\",["]"]]',
      ['{"a":"]}\\"[{,"}', '"\\\\"', '["]"]'],
    ],
    ['letters of several bytes', '["€😀ä",{"ключ":"值"}]', ['"€😀ä"', '{"ключ":"值"}']],
    ['bare values, with white space around them', ' [ 1 ,\ttrue\r\n, null ] \n', ['1', 'true', 'null']],
    ['an empty list', '[ ]', []],
    ['a byte order mark', '\ufeff[1]', ['1']],
    [
      'elements that are broken by themselves',
      '[{"a":012345},{"a" 1},nope,{"b":"x\ny"}]',
      ['{"a":012345}', '{"a" 1}', 'nope', '{"b":"x\ny"}'],
    ],
  ])('%s', async (_name, text, expected) => {
    for (const sizes of [[1], [2], [3], [1_000]]) expect(await split(text, sizes)).toEqual(expected)
  })

  test('elements do not change when their chunk’s buffer is reused', async () => {
    const chunk = Buffer.alloc(4)
    async function* reused() {
      for (const text of ['["ab', 'cd",', '"ef"', ']   ']) {
        chunk.write(text)
        yield chunk
      }
    }
    const elements: string[] = []
    for await (const element of splitJsonArray(reused())) elements.push(Buffer.from(element).toString())
    expect(elements).toEqual(['"abcd"', '"ef"'])
  })

  test.each([
    '',
    ' ',
    '{',
    '{}',
    '"x"',
    '1',
    'null',
    '<html>',
    '[',
    '[1',
    '[1,',
    '[1,]',
    '[,1]',
    '[1,,2]',
    '[]]',
    '[][]',
    '[1] x',
    '[{]}]',
    '[[1}]',
    '[{"a":"]',
    '[{"a":1} {"b":2}]',
    '[{"a":1}x]',
    '[1}',
    '\u0000[1]',
    '[\u00a01]]',
  ])('%j is no list', async (text) => {
    for (const sizes of [[1], [1_000]]) await expect(split(text, sizes)).rejects.toMatchObject({ kind: 'misread' })
  })

  test('an element beyond the cap ends the page, before it is held', async () => {
    const large = `["${'x'.repeat(200)}"]`
    expect(await split(large, [50], 202)).toHaveLength(1)
    await expect(split(large, [50], 201)).rejects.toMatchObject({ kind: 'misread' })
    let sent = 0
    async function* endless() {
      yield Buffer.from('["')
      for (;;) {
        sent += 1_000
        yield Buffer.alloc(1_000, 'x')
      }
    }
    const reading = (async () => {
      for await (const _ of splitJsonArray(endless(), 10_000)) expect.unreachable()
    })()
    await expect(reading).rejects.toMatchObject({ kind: 'misread' })
    expect(sent).toBeLessThan(12_000)
  })

  test('a page of 20,000 plans is split and parsed within seconds', async () => {
    const plan = JSON.stringify({ id: 'x', quotas: [{ id: 'q', qualifications: ['16-40'] }], text: 'x'.repeat(1_400) })
    const body = Buffer.from(`[${Array.from({ length: 20_000 }, () => plan).join(',')}]`)
    expect(body.length).toBeGreaterThan(28_000_000)
    const before = process.cpuUsage()
    let count = 0
    for await (const element of splitJsonArray(pieces(body, [65_536]))) {
      parseJsonBytes(element)
      count++
    }
    expect(count).toBe(20_000)
    // A quarter of a second. Counted in processor time, which a busy machine does not stretch.
    const { user, system } = process.cpuUsage(before)
    expect((user + system) / 1_000).toBeLessThan(5_000)
  })
})

describe('JSON without loss', () => {
  test('reads like JSON.parse where no digit is lost', () => {
    fc.assert(
      fc.property(
        fc.json().filter((text) => !text.includes('__proto__')),
        (text) => {
          const rounded = JSON.stringify(parseJson(text), (_, value) =>
            typeof value === 'bigint' ? Number(value) : value,
          )
          expect(JSON.parse(rounded)).toEqual(JSON.parse(text))
        },
      ),
      { numRuns: 1_000 },
    )
  })

  test('integers beyond 2^53 are bigints at any place; everything else is unchanged', () => {
    expect(parseJson('{"a":9007199254740993,"b":[-9007199254740993],"c":9007199254740991,"d":1.5,"e":1e3}')).toEqual({
      a: 9007199254740993n,
      b: [-9007199254740993n],
      c: 9007199254740991,
      d: 1.5,
      e: 1000,
    })
    expect(parseJson('12345678901234567890')).toBe(12345678901234567890n)
    expect(parseJson('"12345678901234567890"')).toBe('12345678901234567890')
    expect(parseJson('{"a":0.12345678901234567890}')).toEqual({ a: 0.12345678901234568 })
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 39n), max: 10n ** 39n }), (value) => {
        const read = parseJson(`${value}`)
        expect(typeof read === 'bigint' ? read : BigInt(Number(read))).toBe(value)
      }),
    )
  })

  test.each([
    ['nesting beyond 64 levels', `${'['.repeat(65)}${']'.repeat(65)}`],
    ['a key __proto__', '{"a":{"__proto__":{"x":1}}}'],
    ['a key __proto__ in escapes', '{"\\u005f_proto\\u005f_":{"x":1}}'],
    ['a key __proto__ next to a large number', '{"__proto__":{"x":1},"n":12345678901234567890}'],
    ['an integer of a thousand digits', `[${'9'.repeat(1_000)}]`],
    ['a number with a leading zero', '{"a":012345}'],
    ['one name twice next to a large number', '{"a":12345678901234567890,"a":1}'],
    ['an open string', '"abc'],
    ['nothing', ''],
  ])('%s is refused', (_name, text) => {
    expect(() => parseJson(text)).toThrow(SyntaxError)
  })

  test('64 levels are read, and __proto__ as a value is harmless', () => {
    expect(parseJson(`${'['.repeat(64)}${']'.repeat(64)}`)).toBeDefined()
    expect(parseJson('["__proto__"]')).toEqual(['__proto__'])
    expect(parseJson('["[[[[", "\\\\\\"", "\\u00e9"]')).toEqual(['[[[[', '\\"', 'é'])
  })

  test('exact reading keeps the digits of decimals as they were written', () => {
    const read = parseExactJson('{"cpi":2.50,"loi":7,"big":9007199254740993,"e":1e3,"text":"2.5"}') as Record<
      string,
      unknown
    >
    expect(String(read.cpi)).toBe('2.50')
    expect(String(read.e)).toBe('1e3')
    expect(Number(read.cpi)).toBe(2.5)
    expect(read).toMatchObject({ loi: 7, big: 9007199254740993n, text: '2.5' })
    expect(JSON.stringify(read.cpi)).toBe('2.5')
    expect(() => parseExactJson('{"a":012345}')).toThrow(SyntaxError)
    expect(() => parseExactJson('{"__proto__":1.5}')).toThrow(SyntaxError)
  })

  test('bytes that are not UTF-8 are refused', () => {
    expect(() => parseJsonBytes(Uint8Array.of(0x22, 0xff, 0x22))).toThrow('not UTF-8')
    const view = new Uint8Array(Buffer.from('xx"é"xx')).subarray(2, 6)
    expect(parseJsonBytes(view)).toBe('é')
  })
})
