import { expect, test } from 'vitest'
import { alpha2Of, alpha3Of } from '../../domain/country.js'
import { isCountry } from '../../platform/config/iso-codes.js'

test('every country has both codes, and the one leads back to the other', () => {
  let countries = 0
  for (let first = 65; first <= 90; first++) {
    for (let second = 65; second <= 90; second++) {
      const two = String.fromCharCode(first, second)
      const three = alpha3Of(two)
      if (three === null) continue
      countries++
      expect(isCountry(three), three).toBe(true)
      expect(alpha2Of(three)).toBe(two)
    }
  }
  expect(countries).toBe(249)
})

test('in either case, and nothing for what is no country', () => {
  expect([alpha3Of('us'), alpha3Of('GB'), alpha3Of('UK'), alpha3Of('')]).toEqual(['USA', 'GBR', null, null])
  expect([alpha2Of('deu'), alpha2Of('GER')]).toEqual(['DE', null])
})
