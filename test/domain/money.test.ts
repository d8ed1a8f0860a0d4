import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { divideHalfEven, formatAmount, fromMajorUnits, minorDigits, money, parseMoney } from '../../domain/money.js'

const currencies = ['USD', 'EUR', 'GBP', 'AUD', 'JPY', 'KRW', 'KWD', 'BHD', 'TND', 'CLF', 'COP', 'IDR', 'IQD']

describe('decimal text', () => {
  test('every amount survives being written and read, in any currency', () => {
    fc.assert(
      fc.property(fc.bigInt(-(10n ** 17n), 10n ** 17n), fc.constantFrom(...currencies), (amount, currency) => {
        expect(parseMoney(formatAmount(money(amount, currency)), currency)).toEqual(money(amount, currency))
      }),
      { numRuns: 2_000 },
    )
  })

  test('a hundred thousand prices are written and read unchanged', () => {
    const wrong: number[] = []
    for (let minor = 0; minor < 100_000; minor++) {
      const text = `${Math.floor(minor / 100)}.${String(minor % 100).padStart(2, '0')}`
      const read = parseMoney(text, 'USD')
      if (read.amountMinor !== BigInt(minor) || formatAmount(read) !== text) wrong.push(minor)
    }
    expect(wrong).toEqual([])
  })

  test.each([
    ['2.50', 'USD', 250n],
    ['3.75', 'USD', 375n],
    ['-12', 'USD', -1200n],
    ['+0.07', 'USD', 7n],
    ['250', 'JPY', 250n],
    ['1.234', 'KWD', 1234n],
    ['9007199254740993.01', 'USD', 900719925474099301n],
    ['  1.5 ', 'USD', 150n],
    ['7.', 'USD', 700n],
  ])('%s %s', (text, currency, minor) => {
    expect(parseMoney(text, currency).amountMinor).toBe(minor)
  })

  test.each([
    ['0.005', 0n],
    ['0.015', 2n],
    ['0.025', 2n],
    ['0.0251', 3n],
    ['-0.005', 0n],
    ['-0.015', -2n],
    ['-0.025', -2n],
  ])('%s beyond the minor unit is rounded to the even neighbour', (text, minor) => {
    expect(parseMoney(text, 'USD').amountMinor).toBe(minor)
  })

  test.each(['', 'abc', '1,50', '1e3', 'NaN', 'Infinity', '0x10', '1.2.3', '--1', '1 000', '.', '.5'])(
    'refuses "%s"',
    (text) => {
      expect(() => parseMoney(text, 'USD')).toThrow(RangeError)
    },
  )

  test('JPY has no decimals, KWD three', () => {
    expect([minorDigits('USD'), minorDigits('JPY'), minorDigits('KWD')]).toEqual([2, 0, 3])
    expect(formatAmount(money(5, 'KWD'))).toBe('0.005')
    expect(formatAmount(money(-5, 'USD'))).toBe('-0.05')
    expect(formatAmount(money(250, 'JPY'))).toBe('250')
    expect(fromMajorUnits(3, 'JPY').amountMinor).toBe(3n)
    expect(fromMajorUnits(3, 'KWD').amountMinor).toBe(3000n)
  })

  test.each(['usd', 'US', 'USDX', '', 'U$D'])('"%s" is no currency', (currency) => {
    expect(() => money(1, currency)).toThrow(RangeError)
  })
})

describe('half-even', () => {
  test('is the nearest, the even one of two equally near, also below zero', () => {
    fc.assert(
      fc.property(fc.bigInt(-(10n ** 20n), 10n ** 20n), fc.bigInt(1n, 10n ** 9n), (numerator, denominator) => {
        const rounded = divideHalfEven(numerator, denominator)
        const error = numerator - rounded * denominator
        const twice = (error < 0n ? -error : error) * 2n
        expect(twice <= denominator).toBe(true)
        if (twice === denominator) expect(rounded % 2n).toBe(0n)
        expect(divideHalfEven(-numerator, denominator)).toBe(-rounded)
      }),
      { numRuns: 2_000 },
    )
  })

  test('refuses a divisor of zero or less', () => {
    expect(() => divideHalfEven(1n, 0n)).toThrow(RangeError)
    expect(() => divideHalfEven(1n, -2n)).toThrow(RangeError)
  })
})
