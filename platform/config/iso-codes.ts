import { countryOf } from '../../domain/country.js'
import { digitsOf } from '../../domain/currency-digits.js'

/** True for an ISO 3166-1 alpha-3 code in capitals, Kosovo's XKX included. */
export function isCountry(code: string): boolean {
  return countryOf(code) !== null
}

/** True for an ISO 4217 code in capitals that amounts can be in: what has no minor unit (XAU, XXX) is none. */
export function isCurrency(code: string): boolean {
  return digitsOf(code) !== null
}
