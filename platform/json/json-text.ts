import { isUtf8 } from 'node:buffer'

/** Deeper than any provider's document; deeper text is an attack on the reader's stack. */
export const DEEPEST = 64

/** U+FEFF: the bytes EF BB BF as text. */
const BYTE_ORDER_MARK = 0xfeff

/** JSON text without its byte order mark (RFC 8259 §8.1: a reader may ignore one). */
export function withoutByteOrderMark(text: string): string {
  return text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text
}

/**
 * Bytes as text, without their byte order mark.
 * @throws SyntaxError when they are not UTF-8
 */
export function utf8Text(bytes: Uint8Array): string {
  if (!isUtf8(bytes)) throw new SyntaxError('not UTF-8')
  return withoutByteOrderMark(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'))
}

/** Facts about JSON text from one pass before it is parsed; uses no stack, however deep the text nests. */
export interface Inspection {
  /** It nests deeper than `DEEPEST`. */
  readonly deep: boolean
  /** It holds an integer that a double cannot. */
  readonly large: boolean
}

/** Inspects a text that may not be JSON; skips the contents of strings. */
export function inspectJson(text: string): Inspection {
  let depth = 0
  let large = false
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x22) {
      at = endOfString(text, at)
    } else if (code === 0x7b || code === 0x5b) {
      if (++depth > DEEPEST) return { deep: true, large }
    } else if (code === 0x7d || code === 0x5d) {
      depth--
    } else if (isDigit(code) && !large) {
      const start = at
      while (isDigit(text.charCodeAt(at + 1))) at++
      large = at - start >= 15 && !Number.isSafeInteger(Number(text.slice(start, at + 1)))
    }
  }
  return { deep: false, large }
}

/** Where the string that begins at `from` ends: the position of its closing quote, or of the end of the text. */
export function endOfString(text: string, from: number): number {
  let at = from
  for (;;) {
    at = text.indexOf('"', at + 1)
    if (at < 0) return text.length
    let slashes = 0
    while (text.charCodeAt(at - 1 - slashes) === 0x5c) slashes++
    if (slashes % 2 === 0) return at
  }
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}
