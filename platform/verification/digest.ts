import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { Verifier } from '../config/verification-schema.js'
import type { GivenSignature, ParsedArrival } from './arrival.js'
import { VerificationError } from './verification-error.js'

type DigestVerifier = Extract<Verifier, { kind: 'hmac' | 'hash' }>
type HeaderVerifier = Extract<Verifier, { kind: 'header' }>

/**
 * Checks an hmac or a hash over the arrival, byte for byte as received (docs/configuration.md, "How arrivals are
 * read").
 * @param publicUrl scheme, host and path prefix under which the sender reaches us; never taken from the request
 * @returns the matching digest in one spelling: the same for every arrival with this signature
 * @throws VerificationError
 */
export function checkDigest(
  verifier: DigestVerifier,
  given: GivenSignature,
  arrival: ParsedArrival,
  publicUrl: string,
): string {
  const said = canonical(given.text, verifier.encoding)
  for (const text of signedTexts(verifier, arrival, given.start, publicUrl)) {
    const expected = digestOf(verifier, text)
    if (sameText(expected, said)) return expected
  }
  throw new VerificationError('forged', 'the signature does not match')
}

/** Checks that a header carries the shared secret. */
export function checkHeader(verifier: HeaderVerifier, given: GivenSignature): void {
  if (!sameText(verifier.secret, given.text)) throw new VerificationError('forged', 'the secret header does not match')
}

function digestOf(verifier: DigestVerifier, text: string): string {
  if (verifier.kind === 'hmac') {
    return unpadded(createHmac(verifier.algorithm, verifier.secret).update(text).digest(verifier.encoding))
  }
  const input = verifier.secretPosition === 'before' ? verifier.secret + text : text + verifier.secret
  return unpadded(createHash(verifier.algorithm).update(input).digest(verifier.encoding))
}

/**
 * The texts that the sender may have signed. `url` is our public address and the raw path and query up to and including
 * the & or ? before the signature; it is never decoded or sorted, because every sender escapes in its own way. One
 * exception: a browser writes %27 for an apostrophe in a query (WHATWG URL standard, special-query percent-encode set),
 * so a text with %27 is also checked with the apostrophe.
 */
function signedTexts(verifier: DigestVerifier, arrival: ParsedArrival, start: number, publicUrl: string): string[] {
  const { over } = verifier
  if (over.kind === 'fields') {
    const values = over.names.map((name) => {
      const text = arrival.fields.find(name)?.text
      if (text === null || text === undefined) {
        throw new VerificationError('malformed', `the signed field "${name}" is missing`)
      }
      return text
    })
    return [values.join(over.separator)]
  }
  if (start < 0) throw new VerificationError('malformed', 'the signature of an address must be in its query')
  const end = over.kind === 'url' ? start : start - 1
  const text = arrival.raw.rawUrl.slice(0, end)
  const mark = text.indexOf('?')
  const texts = [text]
  if (mark >= 0 && text.includes('%27', mark)) {
    texts.push(text.slice(0, mark) + text.slice(mark).replaceAll('%27', "'"))
  }
  return texts.map((one) => publicUrl.replace(/\/$/, '') + one)
}

/**
 * One spelling for a digest: hex in either case, base64 with or without padding. Compared as text, not as bytes,
 * because several base64 texts decode to the same bytes.
 */
function canonical(text: string, encoding: DigestVerifier['encoding']): string {
  return encoding === 'hex' ? text.toLowerCase() : unpadded(text)
}

function unpadded(text: string): string {
  return text.replace(/={1,2}$/, '')
}

/** Constant time for any lengths: compares digests of equal size. */
export function sameText(expected: string, given: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(expected), digest(given))
}
