import type { IncomingHttpHeaders } from 'node:http'
import { type ArrivalBody, NO_BODY, readArrivalBody } from './arrival-body.js'
import { Fields } from './fields.js'
import { pairsOf, type TextParameter } from './parameter.js'
import { VerificationError } from './verification-error.js'

/** A request as received, before anything decoded it. */
export interface RawArrival {
  readonly method: string
  /** Path and query as in the request line. */
  readonly rawUrl: string
  /** Lower-case names, as Node gives them. */
  readonly headers: IncomingHttpHeaders
  /** The body's bytes. Called at most once, and not at all if the arrival is refused without its body. */
  readonly readBody: () => Promise<Buffer>
  readonly contentType: string | undefined
  /** A server-to-server arrival is stronger evidence than a browser's (evidence grade E2 instead of E1). */
  readonly route: 'return' | 'postback'
}

/** A parsed arrival, not verified yet. */
export interface ParsedArrival {
  readonly raw: RawArrival
  readonly query: Fields<TextParameter>
  /** Null = not read yet. */
  readonly body: ArrivalBody | null
  /** Query and body together. */
  readonly fields: Fields
}

/**
 * Parses the query; does not read the body.
 * @throws VerificationError 'malformed' when it has too many parameters
 */
export function parseHead(raw: RawArrival): ParsedArrival {
  const mark = raw.rawUrl.indexOf('?')
  const query = new Fields(mark < 0 ? [] : pairsOf(raw.rawUrl, mark + 1))
  return { raw, query, body: null, fields: query }
}

/**
 * The same arrival with its body.
 * @throws VerificationError 'malformed' when the body is unreadable; errors of `readBody`
 */
export async function withBody(arrival: ParsedArrival): Promise<ParsedArrival> {
  const bytes = await arrival.raw.readBody()
  const body = bytes.length === 0 ? NO_BODY : readArrivalBody(bytes, arrival.raw.contentType)
  return { ...arrival, body, fields: arrival.query.and(body.fields) }
}

/** A signature as its sender wrote it. */
export interface GivenSignature {
  readonly text: string
  /** Where its parameter begins in the raw URL; -1 outside of the query. */
  readonly start: number
}

/**
 * The one signature of an arrival. Finds its parameter in any case. Refuses a duplicate, even with the same value,
 * because a signature covers the text up to its own position.
 * @returns undefined when the arrival has none
 * @throws VerificationError 'malformed' when it occurs more than once, or is not text
 */
export function signatureIn(
  arrival: ParsedArrival,
  location: 'query' | 'body' | 'header',
  parameter: string,
): GivenSignature | undefined {
  if (location === 'header') {
    const value = arrival.raw.headers[parameter.toLowerCase()]
    if (value === undefined) return undefined
    if (typeof value !== 'string') throw new VerificationError('malformed', 'the signature occurs more than once')
    return { text: value, start: -1 }
  }
  if (location === 'query') {
    const given = arrival.query.only(parameter)
    return given === undefined ? undefined : { text: given.verbatim, start: given.start }
  }
  const given = arrival.body?.fields.only(parameter)
  if (given === undefined) return undefined
  if (given.text === null) throw new VerificationError('malformed', 'the signature is not text')
  return { text: given.text, start: -1 }
}
