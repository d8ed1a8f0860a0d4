import { ProviderError } from '../errors.js'
import { splitJsonArray } from './json-array.js'

/** The fields outside the list are few; more bytes than this mean another document. */
const ENVELOPE_BYTES = 1024 * 1024

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COLON = 0x3a
const COMMA = 0x2c
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d

/** What was read of a document that holds a list: its elements one by one, then everything else. */
export type ObjectListPart =
  | { readonly kind: 'element'; readonly raw: Uint8Array }
  /** The document with an empty list in the list's place, as text: always the last part. */
  | { readonly kind: 'envelope'; readonly text: string }

/**
 * Reads a streamed JSON object one of whose members is a long list, as `{"CacheExpires": "…", "Surveys": [ … ]}`:
 * yields the list's elements as the bytes received, one at a time, and at the end the rest of the object as text, which
 * the caller parses. Holds one element and the envelope at a time.
 * @param member the list's name, compared without case
 * @throws ProviderError 'misread' when the list is missing, duplicate, truncated or broken
 */
export async function* splitObjectList(
  body: AsyncIterable<Uint8Array>,
  member: string,
): AsyncGenerator<ObjectListPart, void, undefined> {
  const sieve = new ListSieve(member)
  for await (const raw of splitJsonArray(listBytes(body, sieve))) yield { kind: 'element', raw }
  yield { kind: 'envelope', text: sieve.envelope() }
}

async function* listBytes(body: AsyncIterable<Uint8Array>, sieve: ListSieve): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) yield* sieve.push(chunk)
  if (!sieve.found) throw new ProviderError('misread', `expected an object with a list "${sieve.member}"`)
}

/** Passes the list's bytes on and keeps the others. */
class ListSieve {
  found = false
  private inList = false
  private depth = 0
  private listDepth = 0
  private inString = false
  private escaped = false
  /** The bytes of the last string at depth 1: the member's name if a colon follows. */
  private text: number[] = []
  private name: string | null = null
  private kept: Uint8Array[] = []
  private keptBytes = 0

  constructor(readonly member: string) {}

  *push(chunk: Uint8Array): Generator<Uint8Array> {
    let start = 0
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at] ?? 0
      if (this.inString) {
        if (this.escaped) this.escaped = false
        else if (byte === BACKSLASH) this.escaped = true
        else if (byte === QUOTE) this.inString = false
        if (this.inString && this.depth === 1 && !this.inList && this.text.length < 256) this.text.push(byte)
        continue
      }
      if (byte === QUOTE) {
        this.inString = true
        if (!this.inList) this.text = []
      } else if (this.inList) {
        if (byte === OPEN_BRACKET || byte === OPEN_BRACE) this.listDepth++
        else if ((byte === CLOSE_BRACKET || byte === CLOSE_BRACE) && --this.listDepth === 0) {
          yield chunk.subarray(start, at + 1)
          this.keep(Buffer.from(']'))
          start = at + 1
          this.inList = false
        }
      } else if (byte === COLON && this.depth === 1) {
        this.name = Buffer.from(this.text).toString('utf8').toLowerCase()
      } else if (byte === COMMA && this.depth === 1) {
        this.name = null
      } else if (byte === OPEN_BRACKET && this.depth === 1 && this.name === this.member.toLowerCase()) {
        if (this.found) throw new ProviderError('misread', `duplicate list "${this.member}"`)
        this.keep(chunk.subarray(start, at))
        this.keep(Buffer.from('['))
        start = at
        this.found = true
        this.inList = true
        this.listDepth = 1
        this.name = null
      } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        this.depth++
      } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        this.depth--
      }
    }
    const rest = chunk.subarray(start)
    if (rest.length === 0) return
    if (this.inList) yield rest
    else this.keep(rest)
  }

  envelope(): string {
    return Buffer.concat(this.kept).toString('utf8')
  }

  private keep(bytes: Uint8Array): void {
    this.keptBytes += bytes.length
    if (this.keptBytes > ENVELOPE_BYTES) throw new ProviderError('misread', 'the fields outside the list are too large')
    this.kept.push(Buffer.from(bytes))
  }
}
