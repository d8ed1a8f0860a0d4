import { countryOf } from '../../domain/country.js'
import { digitsOf } from '../../domain/currency-digits.js'

/** True for an ISO 3166-1 alpha-3 code in capitals, including Kosovo's XKX. */
export function isCountry(code: string): boolean {
  return countryOf(code) !== null
}

/** True for an ISO 4217 code in capitals of a currency with a minor unit; false for XAU and XXX. */
export function isCurrency(code: string): boolean {
  return digitsOf(code) !== null
}
