/*
 * ISO 4217's minor units, for pages that show amounts. A table of the sandbox's own: it shares nothing with what it
 * tests. Not the runtime's, which follows CLDR: no decimals for COP, HUF, IDR.
 */
const OTHER_THAN_TWO: Readonly<Record<number, string>> = {
  0: 'BIF BYR CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW',
}

/** How many decimal digits the minor unit of a currency has. */
export function digitsOf(currency: string): number {
  const found = Object.entries(OTHER_THAN_TWO).find(([, codes]) => codes.split(' ').includes(currency))
  return found === undefined ? 2 : Number(found[0])
}
