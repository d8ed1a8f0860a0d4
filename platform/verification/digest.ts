import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { Verifier } from '../config/verification-schema.js'
import { fieldsOf, type ParsedArrival, signatureIn } from './arrival.js'
import { VerificationError } from './verification-error.js'

type DigestVerifier = Extract<Verifier, { kind: 'hmac' | 'hash' }>
type HeaderVerifier = Extract<Verifier, { kind: 'header' }>

/**
 * Checks an hmac or a hash (contract §2, verify) over what arrived, byte for byte as it was received.
 * @param publicUrl scheme, host and path prefix under which the sender reaches us; never taken from the request
 * @throws VerificationError
 */
export function checkDigest(verifier: DigestVerifier, arrival: ParsedArrival, publicUrl: string): void {
  const given = signatureIn(arrival, verifier.location, verifier.parameter)
  if (!given) throw new VerificationError('forged', 'the signature is missing')
  const expected = digestOf(verifier, signedText(verifier, arrival, given.start, publicUrl))
  if (!sameText(expected, canonical(given.text, verifier.encoding))) {
    throw new VerificationError('forged', 'the signature does not hold')
  }
}

/** Checks that a header carries the shared secret. */
export function checkHeader(verifier: HeaderVerifier, arrival: ParsedArrival): void {
  const given = signatureIn(arrival, 'header', verifier.parameter)
  if (!given) throw new VerificationError('forged', 'the secret header is missing')
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
 * What the sender signed. `url` is our public address and the raw path and query up to and including the & or ? before
 * the signature; it is never decoded or put in order, since every sender escapes in its own way.
 */
function signedText(verifier: DigestVerifier, arrival: ParsedArrival, start: number, publicUrl: string): string {
  const { over } = verifier
  if (over.kind === 'fields') {
    const fields = fieldsOf(arrival)
    const values = over.names.map((name) => {
      const text = fields.get(name)?.text
      if (text === null || text === undefined) throw new VerificationError('malformed', 'a signed field is missing')
      return text
    })
    return values.join(over.separator)
  }
  if (start < 0) throw new VerificationError('malformed', 'the signature of an address must stand in its query')
  const end = over.kind === 'url' ? start : start - 1
  return publicUrl.replace(/\/$/, '') + arrival.raw.rawUrl.slice(0, end)
}

/**
 * One spelling for a digest: hex in either case, base64 with or without padding. Compared as text rather than as bytes,
 * because several base64 texts decode to the same bytes.
 */
function canonical(text: string, encoding: DigestVerifier['encoding']): string {
  return encoding === 'hex' ? text.toLowerCase() : unpadded(text)
}

function unpadded(text: string): string {
  return text.replace(/={1,2}$/, '')
}

/** Constant time whatever the lengths: digests of equal size are compared. */
export function sameText(expected: string, given: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(expected), digest(given))
}
