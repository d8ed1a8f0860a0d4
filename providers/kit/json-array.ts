import { ProviderError } from '../errors.js'

/** The largest element, in bytes: what a page makes us hold in memory. */
const ELEMENT_BYTES = 4 * 1024 * 1024

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d

/** The scanner's state between two bytes. `after` = a nested value has just ended, so only `,` or `]` may follow. */
type Place = 'before-array' | 'before-element' | 'in-element' | 'after-element' | 'after-array'

/**
 * Splits a streamed JSON array into its top-level elements, as the bytes received; chunks may be cut anywhere. Holds
 * one element at a time. Checks only the array itself: an element with broken text (a number such as 012345, a missing
 * value) is yielded like any other, so that its reader can quarantine it and keep the rest.
 * @param maxElementBytes the largest element, in bytes
 * @throws ProviderError 'misread' when the body is not one whole JSON array: HTML, truncated, brackets that do not
 * match, an empty place between two commas, something after its end, an element beyond `maxElementBytes`
 */
export async function* splitJsonArray(
  body: AsyncIterable<Uint8Array>,
  maxElementBytes = ELEMENT_BYTES,
): AsyncGenerator<Uint8Array, void, undefined> {
  const scanner = new ArrayScanner(maxElementBytes)
  for await (const chunk of body) yield* scanner.push(chunk)
  scanner.end()
}

class ArrayScanner {
  private place: Place = 'before-array'
  private inString = false
  private escaped = false
  /** The closing brackets that the current element still needs. */
  private readonly owed: number[] = []
  private kept: Uint8Array[] = []
  private keptBytes = 0
  private offset = 0
  private byteOrderMark = 0
  private empty = true

  constructor(private readonly maxElementBytes: number) {}

  *push(chunk: Uint8Array): Generator<Uint8Array, void, undefined> {
    let start = 0
    for (let at = 0; at < chunk.length; at++) {
      if (this.inString) {
        at = this.skipString(chunk, at)
        continue
      }
      const byte = chunk[at] ?? 0
      if (this.place === 'in-element') {
        if (byte === QUOTE) this.inString = true
        else if (byte === OPEN_BRACE) this.owed.push(CLOSE_BRACE)
        else if (byte === OPEN_BRACKET) this.owed.push(CLOSE_BRACKET)
        else if (byte === CLOSE_BRACE || (byte === CLOSE_BRACKET && this.owed.length > 0)) {
          if (this.owed.pop() !== byte) throw this.misread('brackets that do not match', at)
          if (this.owed.length > 0) continue
          yield this.take(chunk, start, at + 1)
          this.place = 'after-element'
        } else if (this.owed.length === 0 && (byte === COMMA || byte === CLOSE_BRACKET)) {
          yield trimEnd(this.take(chunk, start, at))
          this.place = byte === COMMA ? 'before-element' : 'after-array'
        }
      } else if (!isSpace(byte)) {
        if (this.step(byte, at)) {
          start = at
          at--
        }
      }
    }
    if (this.place === 'in-element') this.keep(chunk, start)
    this.offset += chunk.length
  }

  end(): void {
    if (this.place !== 'after-array') throw this.misread('the end, the list is cut short', 0)
  }

  /** Processes one byte outside of elements; true when an element begins with it. */
  private step(byte: number, at: number): boolean {
    switch (this.place) {
      case 'before-array':
        if (byte === OPEN_BRACKET) {
          this.place = 'before-element'
        } else if (byte !== [0xef, 0xbb, 0xbf][this.byteOrderMark++]) {
          throw this.misread(`${printable(byte)} where a JSON list should begin`, at)
        }
        return false
      case 'before-element':
        if (byte === CLOSE_BRACKET && this.empty) {
          this.place = 'after-array'
          return false
        }
        if (byte === COMMA || byte === CLOSE_BRACKET) throw this.misread('an empty place in the list', at)
        this.empty = false
        this.place = 'in-element'
        return true
      case 'after-element':
        if (byte !== COMMA && byte !== CLOSE_BRACKET) {
          throw this.misread(`${printable(byte)} between two elements`, at)
        }
        this.place = byte === COMMA ? 'before-element' : 'after-array'
        return false
      default:
        throw this.misread(`${printable(byte)} after the end of the list`, at)
    }
  }

  /** Moves through a string; returns where the scan continues. Strings are most of a feed, so this is the hot loop. */
  private skipString(chunk: Uint8Array, from: number): number {
    let at = from
    if (this.escaped) {
      this.escaped = false
      at++
    }
    while (at < chunk.length) {
      const byte = chunk[at]
      if (byte === BACKSLASH) {
        at += 2
        if (at > chunk.length) this.escaped = true
      } else if (byte === QUOTE) {
        this.inString = false
        return at
      } else {
        at++
      }
    }
    return chunk.length
  }

  private keep(chunk: Uint8Array, start: number): void {
    this.keptBytes += chunk.length - start
    this.refuseLarge(this.keptBytes)
    // Copy: the stream may reuse its buffer.
    this.kept.push(Buffer.from(chunk.subarray(start)))
  }

  private take(chunk: Uint8Array, start: number, end: number): Uint8Array {
    this.refuseLarge(this.keptBytes + end - start)
    const last = chunk.subarray(start, end)
    const element = Buffer.concat([...this.kept, last])
    this.kept = []
    this.keptBytes = 0
    return element
  }

  private refuseLarge(bytes: number): void {
    if (bytes <= this.maxElementBytes) return
    throw new ProviderError('misread', `an element of the list is larger than ${this.maxElementBytes} bytes`)
  }

  private misread(what: string, at: number): ProviderError {
    return new ProviderError('misread', `expected a JSON list, found ${what} (byte ${this.offset + at})`)
  }
}

/** The white space of JSON (RFC 8259 §2), nothing more. */
function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}

function trimEnd(bytes: Uint8Array): Uint8Array {
  let end = bytes.length
  while (end > 0 && isSpace(bytes[end - 1] ?? 0)) end--
  return bytes.subarray(0, end)
}

function printable(byte: number): string {
  return byte > 0x20 && byte < 0x7f ? `"${String.fromCharCode(byte)}"` : `byte 0x${byte.toString(16).padStart(2, '0')}`
}
