import currencyCodes from 'currency-codes'
import { describe, expect, test } from 'vitest'
import { digitsOf, currencyCodes as ours } from '../../domain/currency-digits.js'
import { formatAmount, fromMajorUnits, minorDigits, money, parseMoney } from '../../domain/money.js'
import { isCurrency } from '../../platform/config/iso-codes.js'
import { digitsOf as digitsInTheSandbox } from '../../sandbox/currency-digits.js'

/** ISO 4217 gives these no minor unit ("N.A."): metals, drawing rights, testing, no currency. */
const WITHOUT_MINOR_UNIT = [
  ...['XAG', 'XAU', 'XPD', 'XPT', 'XBA', 'XBB', 'XBC', 'XBD'],
  ...['XDR', 'XSU', 'XUA', 'XTS', 'XXX'],
]

describe('the table', () => {
  test('is ISO 4217 as of 2024-06-25, code by code', () => {
    const list = new Map(
      currencyCodes.data
        .filter(({ code }) => !WITHOUT_MINOR_UNIT.includes(code))
        .map(({ code, digits }) => [code, digits]),
    )
    expect(list.size).toBeGreaterThan(160)
    expect([...list].filter(([code, digits]) => digitsOf(code) !== digits)).toEqual([])
    // newer codes, and withdrawn ones that may still be in the ledger
    expect(ours.filter((code) => !list.has(code))).toEqual(['BYR', 'HRK', 'MRO', 'SLL', 'STD', 'VEF', 'XCG', 'ZWL'])
  })

  test('names no code twice', () => {
    expect(new Set(ours).size).toBe(ours.length)
  })

  test('knows the newest codes, which runtimes may not', () => {
    expect(['XCG', 'ZWG', 'VED', 'SLE', 'MRU', 'STN'].map(digitsOf)).toEqual([2, 2, 2, 2, 2, 2])
    expect(['UYW', 'CLF', 'UYI'].map(digitsOf)).toEqual([4, 4, 0])
  })

  test.each([...WITHOUT_MINOR_UNIT, 'ABC', 'usd', '', 'USDX'])(
    'has no digits for "%s", which is no currency here',
    (code) => {
      expect(digitsOf(code)).toBeNull()
      expect(isCurrency(code)).toBe(false)
      expect(() => parseMoney('1', code)).toThrow(RangeError)
      expect(() => fromMajorUnits(1, code)).toThrow(RangeError)
    },
  )

  test('equals the sandbox’s own table', () => {
    expect(ours.filter((code) => digitsInTheSandbox(code) !== digitsOf(code))).toEqual([])
  })
})

describe('amounts', () => {
  test.each([
    ['3.75', 'COP', 375n, '3.75'],
    ['1', 'KWD', 1_000n, '1.000'],
    ['2.5', 'IQD', 2_500n, '2.500'],
    ['10', 'IDR', 1_000n, '10.00'],
    ['3', 'JPY', 3n, '3'],
    ['1.5', 'HUF', 150n, '1.50'],
    ['1.5', 'PKR', 150n, '1.50'],
    ['1.5', 'RSD', 150n, '1.50'],
    ['1.5', 'UYW', 15_000n, '1.5000'],
  ])('%s %s, whatever the runtime’s own table has', (text, currency, minor, written) => {
    expect(parseMoney(text, currency)).toEqual(money(minor, currency))
    expect(formatAmount(money(minor, currency))).toBe(written)
  })

  test('stored earlier with an invalid code stay readable', () => {
    expect(minorDigits('XAU')).toBe(2)
    expect(formatAmount(money(150, 'XAU'))).toBe('1.50')
  })
})
