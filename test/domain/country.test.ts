import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { alpha2Of, alpha3Of, countryOf } from '../../domain/country.js'
import { isCountry } from '../../platform/config/iso-codes.js'

/** The table of an independent package: alpha-2, alpha-3, number. */
const table = createRequire(import.meta.url)('i18n-iso-countries/codes.json') as [string, string, string][]

test('every country has both codes, and each converts to the other', () => {
  let countries = 0
  for (let first = 65; first <= 90; first++) {
    for (let second = 65; second <= 90; second++) {
      const two = String.fromCharCode(first, second)
      const three = alpha3Of(two)
      if (three === null) continue
      countries++
      expect(isCountry(three), three).toBe(true)
      expect(countryOf(three)).toBe(three)
      expect(alpha2Of(three)).toBe(two)
    }
  }
  expect(countries).toBe(250)
})

test('the table is ISO 3166-1, and differs from CLDR in the name of Kosovo alone', () => {
  expect(table.length).toBe(250)
  expect(table.filter(([two, three]) => alpha3Of(two) !== three)).toEqual([
    ['XK', 'XKK', expect.anything(), expect.anything()],
  ])
  expect(table.filter(([two, three]) => alpha2Of(three) !== two)).toEqual([])
})

test('Kosovo is XK and XKX; XKK, as libraries after CLDR call it, is read as XKX', () => {
  expect([alpha3Of('XK'), alpha3Of('xk'), alpha2Of('XKX'), alpha2Of('XKK')]).toEqual(['XKX', 'XKX', 'XK', 'XK'])
  expect([countryOf('XKX'), countryOf('XKK'), countryOf('XK'), countryOf('XXX')]).toEqual(['XKX', 'XKX', null, null])
  expect(['XKX', 'XKK', 'XXK', 'xkx'].map(isCountry)).toEqual([true, true, false, false])
})

test('codes are read in either case; an unknown one is null', () => {
  expect([alpha3Of('us'), alpha3Of('GB'), alpha3Of('UK'), alpha3Of('')]).toEqual(['USA', 'GBR', null, null])
  expect([alpha2Of('deu'), alpha2Of('GER')]).toEqual(['DE', null])
})
