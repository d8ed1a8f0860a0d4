import { isUtf8 } from 'node:buffer'
import { parse as parseLossless } from 'lossless-json'

/** Deeper than any provider's document; what is deeper was made to exhaust its reader. */
const DEPTH = 64
/** Digits of an integer we are ready to make a bigint of. */
const DIGITS = 40

/**
 * Reads JSON without losing integers: one beyond 2^53 comes as a bigint, every other number as a number.
 * @throws SyntaxError when the text is not JSON, is nested deeper than 64, or names a key `__proto__`
 */
export function parseJson(text: string): unknown {
  const { deep, large } = inspect(text)
  if (deep) throw new SyntaxError(`nested deeper than ${DEPTH} levels`)
  const value: unknown = JSON.parse(text)
  // An escape can spell any letter of the name, so its presence alone asks for a look at the keys.
  if (text.includes('__proto__') || text.includes('\\u00')) refusePrototypeKeys(value)
  return large ? parseLossless(text, undefined, readNumber) : value
}

/** A number with decimals or an exponent, as its sender wrote it: money must not pass through a double. */
export class DecimalNumber {
  constructor(readonly text: string) {}

  /** For what is no money. */
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
 * Reads JSON without losing any digit: whole numbers as `parseJson` has them, every other number as a DecimalNumber.
 * @throws SyntaxError as `parseJson`
 */
export function parseExactJson(text: string): unknown {
  parseJson(text)
  return parseLossless(text, undefined, (token) => {
    return /^-?\d+$/.test(token) ? readNumber(token) : new DecimalNumber(token)
  })
}

/**
 * As `parseExactJson`, for bytes.
 * @throws SyntaxError also when they are not UTF-8
 */
export function parseExactJsonBytes(bytes: Uint8Array): unknown {
  return parseExactJson(utf8(bytes))
}

/**
 * As `parseJson`, for bytes.
 * @throws SyntaxError also when they are not UTF-8
 */
export function parseJsonBytes(bytes: Uint8Array): unknown {
  return parseJson(utf8(bytes))
}

function utf8(bytes: Uint8Array): string {
  if (!isUtf8(bytes)) throw new SyntaxError('not UTF-8')
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
}

/** Whether a text nests too deep, and whether it holds an integer that a double cannot: one pass, outside of strings. */
function inspect(text: string): { deep: boolean; large: boolean } {
  let depth = 0
  let large = false
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x22) {
      at = endOfString(text, at)
    } else if (code === 0x7b || code === 0x5b) {
      if (++depth > DEPTH) return { deep: true, large }
    } else if (code === 0x7d || code === 0x5d) {
      depth--
    } else if (code >= 0x30 && code <= 0x39 && !large) {
      const start = at
      while (isDigit(text.charCodeAt(at + 1))) at++
      large = at - start >= 15 && !Number.isSafeInteger(Number(text.slice(start, at + 1)))
    }
  }
  return { deep: false, large }
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}

function endOfString(text: string, from: number): number {
  let at = from
  for (;;) {
    at = text.indexOf('"', at + 1)
    if (at < 0) return text.length
    let slashes = 0
    while (text.charCodeAt(at - 1 - slashes) === 0x5c) slashes++
    if (slashes % 2 === 0) return at
  }
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
