import type { IncomingHttpHeaders } from 'node:http'
import { isLosslessNumber, parse as parseLossless } from 'lossless-json'
import { VerificationError } from './verification-error.js'

/** A request as it reached us, before anything decoded it. */
export interface RawArrival {
  readonly method: string
  /** Path and query as they stood in the request line. */
  readonly rawUrl: string
  /** Lower-case names, as Node gives them. */
  readonly headers: IncomingHttpHeaders
  readonly rawBody: Buffer
  readonly contentType: string | undefined
  /** Server-to-server arrivals prove more than a browser can (evidence grade E2 instead of E1). */
  readonly route: 'return' | 'postback'
}

/** One parameter of an arrival. */
export interface Parameter {
  readonly name: string
  readonly value: unknown
  /** The value as its sender wrote it, decoded: 1.50 stays "1.50". Null for what is no single value. */
  readonly text: string | null
}

/** One parameter of the query, with the place where it begins in the raw URL. */
export interface QueryParameter extends Parameter {
  readonly text: string
  readonly start: number
  /** Decoded without taking + for a space, as base64 has + of its own. */
  readonly verbatim: string
}

export interface ParsedArrival {
  readonly raw: RawArrival
  readonly query: readonly QueryParameter[]
  readonly body: readonly Parameter[]
  /** The whole body, where its content type says that it is one token. */
  readonly wholeBody: string | null
}

/**
 * Takes an arrival apart without judging it: query, and a JSON or form body.
 * @throws VerificationError 'malformed' when a body that claims to be JSON or a form is not
 */
export function parseArrival(raw: RawArrival): ParsedArrival {
  const type = (raw.contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
  const text = raw.rawBody.toString('utf8')
  const isToken = type === 'application/jwt' || type === 'application/jose' || type === 'text/plain'
  return { raw, query: queryOf(raw.rawUrl), body: bodyOf(type, text), wholeBody: isToken ? text.trim() : null }
}

function queryOf(rawUrl: string): QueryParameter[] {
  const mark = rawUrl.indexOf('?')
  return mark < 0 ? [] : pairsOf(rawUrl, mark + 1)
}

/** `name=value` pairs separated by &, from a place in a text on. */
function pairsOf(text: string, from: number): QueryParameter[] {
  const pairs: QueryParameter[] = []
  let start = from
  for (const pair of text.slice(from).split('&')) {
    if (pair !== '') {
      const equals = pair.indexOf('=')
      const name = formDecoded(equals < 0 ? pair : pair.slice(0, equals))
      const rawValue = equals < 0 ? '' : pair.slice(equals + 1)
      const value = formDecoded(rawValue)
      pairs.push({ name, value, text: value, start, verbatim: decoded(rawValue) })
    }
    start += pair.length + 1
  }
  return pairs
}

function formDecoded(text: string): string {
  return decoded(text.replaceAll('+', ' '))
}

/** Broken escapes stay as they are written: what they stand for is not ours to guess. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function bodyOf(type: string, text: string): readonly Parameter[] {
  if (text.trim() === '') return []
  if (type === 'application/json' || type.endsWith('+json') || (type === '' && text.trimStart().startsWith('{'))) {
    return jsonMembers(text)
  }
  return type === 'application/x-www-form-urlencoded' ? pairsOf(text, 0) : []
}

function jsonMembers(text: string): Parameter[] {
  let value: unknown
  try {
    // Refuses a name that is there twice with different values; RangeError for nesting made to exhaust us.
    value = parseLossless(text)
  } catch (error) {
    throw new VerificationError('malformed', 'the body is not JSON', { cause: error })
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value) || isLosslessNumber(value)) {
    throw new VerificationError('malformed', 'the body is not a JSON object')
  }
  return Object.entries(value).map(([name, member]) => ({ name, value: plain(member), text: textOf(member) }))
}

function textOf(member: unknown): string | null {
  if (typeof member === 'string') return member
  if (isLosslessNumber(member)) return member.value
  return typeof member === 'boolean' ? String(member) : null
}

/** Numbers as numbers, integers beyond 2^53 as bigint. */
function plain(value: unknown): unknown {
  if (isLosslessNumber(value)) {
    const number = Number(value.value)
    return /^-?\d+$/.test(value.value) && !Number.isSafeInteger(number) ? BigInt(value.value) : number
  }
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]))
}

/**
 * The fields of query and body together.
 * @throws VerificationError 'malformed' when a name is there twice, in whatever case: which of them its reader would
 * take must not be the sender's choice (reliability F41)
 */
export function fieldsOf(arrival: ParsedArrival): ReadonlyMap<string, Parameter> {
  const fields = new Map<string, Parameter>()
  const names = new Set<string>()
  for (const parameter of [...arrival.query, ...arrival.body]) {
    const folded = parameter.name.toLowerCase()
    if (names.has(folded)) throw new VerificationError('malformed', 'a parameter is there more than once')
    names.add(folded)
    fields.set(parameter.name, parameter)
  }
  return fields
}

/**
 * The one signature parameter of an arrival.
 * @returns its text, undefined when the arrival comes without it
 * @throws VerificationError 'malformed' when it is there more than once, or is no text
 */
export function signatureIn(
  arrival: ParsedArrival,
  location: 'query' | 'body' | 'header',
  parameter: string,
): { text: string; start: number } | undefined {
  const found = candidates(arrival, location, parameter)
  const [first] = found
  if (!first) return undefined
  if (found.length > 1) throw new VerificationError('malformed', 'the signature is there more than once')
  if (first.text === null) throw new VerificationError('malformed', 'the signature is not text')
  return { text: first.text, start: first.start }
}

function candidates(
  arrival: ParsedArrival,
  location: 'query' | 'body' | 'header',
  name: string,
): readonly { text: string | null; start: number }[] {
  if (location === 'header') {
    const value = arrival.raw.headers[name.toLowerCase()]
    const values = Array.isArray(value) ? value : value === undefined ? [] : [value]
    return values.map((text) => ({ text, start: -1 }))
  }
  const named = (parameter: Parameter) => parameter.name === name
  if (location === 'query') return arrival.query.filter(named).map(({ verbatim, start }) => ({ text: verbatim, start }))
  return arrival.body.filter(named).map(({ text }) => ({ text, start: -1 }))
}
