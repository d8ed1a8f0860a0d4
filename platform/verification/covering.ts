import type { Verifier } from '../config/verification-schema.js'
import { type ParsedArrival, signatureIn } from './arrival.js'
import { VerificationError } from './verification-error.js'

/** The fields of an arrival that name its session, by the provider's names. */
export interface Naming {
  /** Each set alone names it: Toluna's member, survey and wave; Dynata's session, or the transaction bound to it. */
  readonly sets: readonly (readonly string[])[]
  /** Other fields that may name it (an echo of our own id): ignored if no signature covers them. */
  readonly hints: readonly string[]
}

/**
 * Whether a signature decides which session an arrival is about. A token covers all of its claims. A header verifies
 * the sender but not the content, and `none` verifies nothing: with them every field is read.
 */
export function isHeldToSignature(verify: readonly Verifier[]): boolean {
  return verify.every(({ kind }) => kind === 'hmac' || kind === 'hash')
}

/** Whether verifiers can cover the fields that name the session: the start-up check of a configuration. */
export function canCover(verify: readonly Verifier[], { sets }: Naming): boolean {
  if (!isHeldToSignature(verify) || sets.length === 0) return true
  const parts = verify.map(signedPart)
  if (parts.some((part) => part !== null && part.kind !== 'fields')) return true
  const names = new Set(parts.flatMap((part) => (part?.kind === 'fields' ? part.names : [])).map(folded))
  return sets.some((set) => set.every((name) => names.has(folded(name))))
}

/**
 * Refuses a verified arrival if the signature does not cover its session's name: anyone could have added fields after
 * the signature, or body fields to a signed address.
 * @returns the hints that are not covered either: do not read them
 * @throws VerificationError 'malformed'
 */
export function uncoveredHints(verify: readonly Verifier[], naming: Naming, arrival: ParsedArrival): readonly string[] {
  if (!isHeldToSignature(verify)) return []
  const covered = (name: string) => verify.some((verifier) => covers(verifier, arrival, name))
  if (naming.sets.length > 0 && !naming.sets.some((set) => set.every(covered))) {
    const wanted = naming.sets.map((set) => set.join(', ')).join(' or ')
    throw new VerificationError('malformed', `the signature does not cover the fields that name the session: ${wanted}`)
  }
  return naming.hints.filter((name) => !covered(name))
}

function covers(verifier: Verifier, arrival: ParsedArrival, name: string): boolean {
  const part = signedPart(verifier)
  if (part === null) return false
  if (part.kind === 'fields') return part.names.some((one) => folded(one) === folded(name)) && arrival.fields.has(name)
  if (verifier.kind !== 'hmac' && verifier.kind !== 'hash') return false
  const signature = signatureIn(arrival, verifier.location, verifier.parameter)
  const field = arrival.query.find(name)
  return signature !== undefined && field !== undefined && field.start < signature.start
}

function signedPart(verifier: Verifier) {
  return verifier.kind === 'hmac' || verifier.kind === 'hash' ? verifier.over : null
}

function folded(name: string): string {
  return name.toLowerCase()
}
