import { parse as parseLossless } from 'lossless-json'
import { DEEPEST, inspectJson, utf8Text, withoutByteOrderMark } from './json-text.js'

/** The most digits of an integer that becomes a bigint. */
const DIGITS = 40

/**
 * Reads JSON without losing integers: one beyond 2^53 becomes a bigint, every other number a number. Ignores a byte
 * order mark.
 * @throws SyntaxError when the text is not JSON, is nested deeper than 64, or names a key `__proto__`
 */
export function parseJson(text: string): unknown {
  const json = withoutByteOrderMark(text)
  const { deep, large } = inspectJson(json)
  if (deep) throw new SyntaxError(`nested deeper than ${DEEPEST} levels`)
  const value: unknown = JSON.parse(json)
  // An escape can spell any letter of the name, so its presence alone requires a check of the keys.
  if (json.includes('__proto__') || json.includes('\\u00')) refusePrototypeKeys(value)
  return large ? parseLossless(json, undefined, readNumber) : value
}

/** A number with decimals or an exponent, as its sender wrote it: money must not pass through a double. */
export class DecimalNumber {
  constructor(readonly text: string) {}

  /** For values that are not money. */
  valueOf(): number {
    return Number(this.text)
  }

  toString(): string {
    return this.text
  }

  toJSON(): number {
    return Number(this.text)
  }
}

/**
 * Reads JSON without losing any digit: whole numbers as in `parseJson`, every other number as a DecimalNumber.
 * @throws SyntaxError as `parseJson`
 */
export function parseExactJson(text: string): unknown {
  parseJson(text)
  return parseLossless(withoutByteOrderMark(text), undefined, (token) => {
    return /^-?\d+$/.test(token) ? readNumber(token) : new DecimalNumber(token)
  })
}

/**
 * As `parseExactJson`, for bytes.
 * @throws SyntaxError also when they are not UTF-8
 */
export function parseExactJsonBytes(bytes: Uint8Array): unknown {
  return parseExactJson(utf8Text(bytes))
}

/**
 * As `parseJson`, for bytes.
 * @throws SyntaxError also when they are not UTF-8
 */
export function parseJsonBytes(bytes: Uint8Array): unknown {
  return parseJson(utf8Text(bytes))
}

function readNumber(token: string): number | bigint {
  const value = Number(token)
  if (!/^-?\d+$/.test(token) || Number.isSafeInteger(value)) return value
  if (token.length > DIGITS) throw new SyntaxError(`an integer of more than ${DIGITS} digits`)
  return BigInt(token)
}

function refusePrototypeKeys(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  if (Object.hasOwn(value, '__proto__')) throw new SyntaxError('a key named __proto__')
  for (const inner of Object.values(value)) refusePrototypeKeys(inner)
}
