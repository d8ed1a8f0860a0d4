/*
 * ISO 4217, list one: how many decimal digits the minor unit of a currency has. Our own table, because the runtime uses
 * CLDR, which has the decimals that are usual in shops (none for COP, HUF, IDR) and changes with the Node.js release: a
 * stored integer would be another amount after an update (docs/money.md, Amounts).
 */

const NO_DIGITS = 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'
const TWO_DIGITS =
  'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP ' +
  'COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR ' +
  'JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN ' +
  'NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL ' +
  'THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG'
const THREE_DIGITS = 'BHD IQD JOD KWD LYD OMR TND'
const FOUR_DIGITS = 'CLF UYW'

/**
 * Withdrawn in the last ten years (list three), because the ledger may still have amounts in them. All had two digits
 * except BYR.
 */
const WITHDRAWN_TWO_DIGITS = 'ANG BGN CUC HRK MRO SLL STD VEF ZWL'
const WITHDRAWN_NO_DIGITS = 'BYR'

const digits = new Map<string, number>()
for (const [count, codes] of [
  [0, `${NO_DIGITS} ${WITHDRAWN_NO_DIGITS}`],
  [2, `${TWO_DIGITS} ${WITHDRAWN_TWO_DIGITS}`],
  [3, THREE_DIGITS],
  [4, FOUR_DIGITS],
] as const) {
  for (const code of codes.split(' ')) digits.set(code, count)
}

/**
 * The digits of a currency's minor unit: USD 2, JPY 0, KWD 3, CLF 4.
 * @param currency three capital letters
 * @returns null for unknown codes, and for those without a minor unit in ISO 4217 (gold XAU, drawing rights XDR, "no
 *   currency" XXX)
 */
export function digitsOf(currency: string): number | null {
  return digits.get(currency) ?? null
}

/** Every currency that amounts can be in, in alphabetical order. */
export const currencyCodes: readonly string[] = [...digits.keys()].sort()
