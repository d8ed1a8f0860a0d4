import type { JsonMember } from '../json/json-members.js'
import { parseJson } from '../json/parse-json.js'
import { VerificationError } from './verification-error.js'

/** More than any provider sends; limits the cost of parsing a hostile request. */
export const MOST_PARAMETERS = 128

/** One parameter of an arrival. */
export interface Parameter {
  readonly name: string
  /** The value as its sender wrote it, decoded: 1.50 stays "1.50". Null for a list or an object. */
  readonly text: string | null
  /** The value for readers: text of a query or form, or the value of a JSON member with whole integers. */
  readonly value: unknown
  /** Equal for two parameters with the same value. */
  readonly sameness: string
}

/** A parameter of a query or a form, with its start position in the text. */
export interface TextParameter extends Parameter {
  readonly text: string
  readonly start: number
  /** Decoded without reading + as a space, because base64 contains +. */
  readonly verbatim: string
}

/**
 * `name=value` pairs separated by &, from a position in a text on. Values are decoded on first use.
 * @throws VerificationError 'malformed' when there are too many
 */
export function pairsOf(text: string, from: number): TextParameter[] {
  // counted before anything is decoded, because a broken escape is expensive
  const ranges: (readonly [number, number])[] = []
  for (let start = from; start < text.length; ) {
    const next = text.indexOf('&', start)
    const end = next < 0 ? text.length : next
    if (end > start) ranges.push([start, end])
    if (ranges.length > MOST_PARAMETERS) {
      throw new VerificationError('malformed', `there are more than ${MOST_PARAMETERS} parameters`)
    }
    start = end + 1
  }
  return ranges.map(([start, end]) => new Pair(text.slice(start, end), start))
}

class Pair implements TextParameter {
  readonly name: string
  private readonly rawValue: string

  constructor(
    pair: string,
    readonly start: number,
  ) {
    const equals = pair.indexOf('=')
    this.name = formDecoded(equals < 0 ? pair : pair.slice(0, equals))
    this.rawValue = equals < 0 ? '' : pair.slice(equals + 1)
  }

  get text(): string {
    return formDecoded(this.rawValue)
  }

  get value(): string {
    return this.text
  }

  get sameness(): string {
    return this.text
  }

  get verbatim(): string {
    return decoded(this.rawValue)
  }
}

function formDecoded(text: string): string {
  return decoded(text.replaceAll('+', ' '))
}

/** Keeps broken escapes as written. */
function decoded(text: string): string {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** A member of a JSON body as a parameter; null for a null member. */
export function memberParameter({ name, raw }: JsonMember): Parameter | null {
  return raw === 'null' ? null : new Member(name, raw)
}

class Member implements Parameter {
  constructor(
    readonly name: string,
    private readonly raw: string,
  ) {}

  get text(): string | null {
    const first = this.raw.charCodeAt(0)
    if (first === 0x22) return String(JSON.parse(this.raw))
    return first === 0x7b || first === 0x5b ? null : this.raw
  }

  get sameness(): string {
    return this.text ?? this.raw
  }

  get value(): unknown {
    try {
      return parseJson(this.raw)
    } catch (error) {
      throw new VerificationError('malformed', 'a member of the body cannot be read', { cause: error })
    }
  }
}
