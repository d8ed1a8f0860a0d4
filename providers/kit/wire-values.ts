import { z } from 'zod'
import { DecimalNumber } from './json.js'

/**
 * How to read members that providers write differently: empty in five spellings, lists that PHP writes as objects,
 * numbers in quotes, decimals as a float prints them (docs/providers/README.md, Reading what writers differ in). None
 * of this widens a targeting clause: a clause without an answer stays unreadable.
 */

/** True for an empty member: null, blank text, `{}` and `[]`; treated as a missing one. */
function saysNothing(value: unknown): boolean {
  if (value === undefined || value === null) return true
  if (typeof value === 'string') return value.trim() === ''
  if (Array.isArray(value)) return value.length === 0
  return isObject(value) && Object.keys(value).length === 0
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof DecimalNumber)
}

/** An optional member: null if it is empty. */
export function optional<Schema extends z.ZodType>(schema: Schema) {
  return z.preprocess((value) => (saysNothing(value) ? null : value), schema.nullable())
}

/**
 * A required list, which may be empty: `[]`, `{}`, null and blank text are the empty list, and an object whose keys are
 * all numbers (a PHP array with gaps) is the list of its values. A missing list is unreadable: if a list decides which
 * respondents may enter, a record that lost it must not admit all of them.
 * @param most the longest list, in items
 */
export function list<Item extends z.ZodType>(item: Item, most: number) {
  return z.preprocess(asList, z.array(item).max(most))
}

/** As `list`; a missing one is empty too. */
export function optionalList<Item extends z.ZodType>(item: Item, most: number) {
  return z.preprocess((value) => (value === undefined ? [] : asList(value)), z.array(item).max(most))
}

/** A list in any of its spellings as an array; anything else, and a missing one, is returned as it is. */
export function asList(value: unknown): unknown {
  if (value === undefined) return undefined
  if (saysNothing(value)) return []
  return isObject(value) && Object.keys(value).every((key) => /^\d+$/.test(key)) ? Object.values(value) : value
}

const NUMERIC = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i

/** A number that is not money, also in quotes: 12, 12.0, "12". */
export const figure = z
  .union([
    z.number(),
    z.instanceof(DecimalNumber).transform(Number),
    z.string().regex(NUMERIC, 'not a number').transform(Number),
  ])
  .pipe(z.number())

/** A boolean, also as 0 and 1 and in quotes. */
export const flag = z
  .union([z.boolean(), z.literal(0), z.literal(1), z.string().regex(/^\s*(?:true|false|0|1)\s*$/i)])
  .transform((value) => (typeof value === 'string' ? /^\s*(?:true|1)\s*$/i.test(value) : value === true || value === 1))

/**
 * An amount as a plain decimal text with all its digits; never through a double. Exponents are written out, and the
 * digits of a float beyond the 17th decimal become one digit. Anything else is returned as it is, for the caller to
 * refuse.
 */
export const decimalText = z
  .union([z.string(), z.number(), z.bigint(), z.instanceof(DecimalNumber)])
  .transform((value) => plainDecimal(String(value).trim()))

/** Decimals to read of an amount; no currency has this many, so one digit for all that follow keeps the rounding. */
const DECIMALS = 17
/** An exponent beyond this is not an amount. */
const EXPONENT = 30

function plainDecimal(text: string): string {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d{1,3}))?$/i.exec(text)
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match ?? []
  if (match === null || whole + fraction === '' || Math.abs(Number(exponent)) > EXPONENT) return text
  const point = whole.length + Number(exponent)
  const digits = '0'.repeat(Math.max(0, -point)) + whole + fraction
  const at = Math.max(0, point)
  const integer =
    digits
      .slice(0, at)
      .padEnd(at, '0')
      .replace(/^0+(?=\d)/, '') || '0'
  const decimals = digits.slice(at).replace(/0+$/, '')
  const kept = decimals.length > DECIMALS ? `${decimals.slice(0, DECIMALS)}1` : decimals
  return `${sign === '-' ? '-' : ''}${integer}${kept === '' ? '' : `.${kept}`}`
}
