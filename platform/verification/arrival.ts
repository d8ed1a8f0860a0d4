import type { IncomingHttpHeaders } from 'node:http'
import { type ArrivalBody, NO_BODY, readArrivalBody } from './arrival-body.js'
import { Fields } from './fields.js'
import { pairsOf, type TextParameter } from './parameter.js'
import { VerificationError } from './verification-error.js'

/** A request as it reached us, before anything decoded it. */
export interface RawArrival {
  readonly method: string
  /** Path and query as they stood in the request line. */
  readonly rawUrl: string
  /** Lower-case names, as Node gives them. */
  readonly headers: IncomingHttpHeaders
  /** The body's bytes. Asked for once, and not at all where the arrival is refused by what stands outside of it. */
  readonly readBody: () => Promise<Buffer>
  readonly contentType: string | undefined
  /** Server-to-server arrivals prove more than a browser can (evidence grade E2 instead of E1). */
  readonly route: 'return' | 'postback'
}

/** An arrival taken apart without judging it. */
export interface ParsedArrival {
  readonly raw: RawArrival
  readonly query: Fields<TextParameter>
  /** Null = not read yet. */
  readonly body: ArrivalBody | null
  /** Query and body together. */
  readonly fields: Fields
}

/**
 * Takes the query apart; the body stays where it is.
 * @throws VerificationError 'malformed' when it has more parameters than any arrival
 */
export function parseHead(raw: RawArrival): ParsedArrival {
  const mark = raw.rawUrl.indexOf('?')
  const query = new Fields(mark < 0 ? [] : pairsOf(raw.rawUrl, mark + 1))
  return { raw, query, body: null, fields: query }
}

/**
 * The same arrival with its body.
 * @throws VerificationError 'malformed' when the body cannot be read; what `readBody` throws
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
 * The one signature of an arrival. Its parameter is found in any case. Twice it is refused, with the same value too: what
 * a signature covers ends where it stands, so two of them would leave open where.
 * @returns undefined when the arrival comes without it
 * @throws VerificationError 'malformed' when it is there more than once, or is no text
 */
export function signatureIn(
  arrival: ParsedArrival,
  location: 'query' | 'body' | 'header',
  parameter: string,
): GivenSignature | undefined {
  if (location === 'header') {
    const value = arrival.raw.headers[parameter.toLowerCase()]
    if (value === undefined) return undefined
    if (typeof value !== 'string') throw new VerificationError('malformed', 'the signature is there more than once')
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
