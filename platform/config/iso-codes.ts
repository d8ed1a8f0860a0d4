import { createRequire } from 'node:module'

// The package's main file registers the country names of eighty languages; only its code table is wanted here.
const table: unknown = createRequire(import.meta.url)('i18n-iso-countries/codes.json')

const countries = new Set(Array.isArray(table) ? table.map((row: unknown) => (Array.isArray(row) ? row[1] : null)) : [])
const currencies = new Set(Intl.supportedValuesOf('currency'))

/** True for an ISO 3166-1 alpha-3 code in capitals. */
export function isCountry(code: string): boolean {
  return countries.has(code)
}

/** True for an ISO 4217 code in capitals that the runtime knows (its minor digits come from there too). */
export function isCurrency(code: string): boolean {
  return currencies.has(code)
}
