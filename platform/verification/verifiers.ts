import type { Grade } from '../../domain/outcome.js'
import type { Verifier } from '../config/verification-schema.js'
import type { EgressClient } from '../egress/http-client.js'
import { fieldsOf, type ParsedArrival, parseArrival, type RawArrival, signatureIn } from './arrival.js'
import { checkDigest, checkHeader } from './digest.js'
import { createKeySet, type KeySet } from './jwks.js'
import { checkJws, type KeySource, keySourceOf, tokenIn } from './jws.js'
import { VerificationError } from './verification-error.js'

/** How one arrival route is proven, as configuration has it. */
export interface VerificationConfig {
  /** All must hold. */
  readonly verify: readonly Verifier[]
  readonly unsigned: 'refuse' | 'not_completed'
}

/** What is left of an arrival once it is believed. */
export interface Verified {
  /** The claims of the token where one verifier is a jws, else the parameters of query and body. */
  readonly fields: Readonly<Record<string, unknown>>
  readonly signed: boolean
  /** True when it came without its signature and is let in all the same: a COMPLETED must then be refused by the caller. */
  readonly unsigned: boolean
  readonly grade: Grade
}

export interface Verifiers {
  /**
   * Proves an arrival or refuses it (contract §2, verify; §3).
   * @throws VerificationError, with a reason that is safe to show
   */
  verify(config: VerificationConfig, arrival: RawArrival): Promise<Verified>
}

export interface VerifiersOptions {
  readonly http: Pick<EgressClient, 'request'>
  /** Scheme, host and path prefix that providers reach us at. A function where it is known only once we listen. */
  readonly publicUrl: string | (() => string)
  readonly clock?: () => Date
}

/** Makes the one verification mechanism for every provider's arrivals. Published keys are shared by address. */
export function createVerifiers(options: VerifiersOptions): Verifiers {
  const clock = options.clock ?? (() => new Date())
  const publicUrl = () => (typeof options.publicUrl === 'function' ? options.publicUrl() : options.publicUrl)
  const keySets = new Map<string, KeySet>()
  const sources = new WeakMap<Verifier, KeySource>()

  const keySetAt = (url: string): KeySet => {
    const known = keySets.get(url) ?? createKeySet({ url, http: options.http, clock })
    keySets.set(url, known)
    return known
  }

  const check = async (verifier: Verifier, arrival: ParsedArrival): Promise<Record<string, unknown> | null> => {
    switch (verifier.kind) {
      case 'jws': {
        const source = sources.get(verifier) ?? keySourceOf(verifier, keySetAt)
        sources.set(verifier, source)
        return checkJws(verifier, source, arrival, clock())
      }
      case 'hmac':
      case 'hash':
        checkDigest(verifier, arrival, publicUrl())
        return null
      case 'header':
        checkHeader(verifier, arrival)
        return null
      case 'none':
        return null
    }
  }

  return {
    async verify({ verify, unsigned }, raw) {
      // An empty list would hold for everybody.
      if (verify.length === 0) throw new VerificationError('forged', 'no verification is configured')
      if (!raw.rawUrl.startsWith('/')) throw new VerificationError('malformed', 'the request is not for a path')
      const arrival = parseArrival(raw)
      const tokens = verify.some(({ kind }) => kind === 'jws')
      const fields = tokens ? {} : plainFields(arrival)
      if (unsigned === 'not_completed' && !tokens && verify.every((verifier) => lacksSignature(verifier, arrival))) {
        return { fields, signed: false, unsigned: true, grade: 'E0' }
      }
      let claims: Record<string, unknown> | null = null
      for (const verifier of verify) claims = (await check(verifier, arrival)) ?? claims
      const signed = verify.every(({ kind }) => kind !== 'none')
      return { fields: claims ?? fields, signed, unsigned: false, grade: gradeOf(signed, raw) }
    },
  }
}

function gradeOf(signed: boolean, { route }: RawArrival): Grade {
  if (!signed) return 'E0'
  return route === 'postback' ? 'E2' : 'E1'
}

function plainFields(arrival: ParsedArrival): Record<string, unknown> {
  return Object.fromEntries([...fieldsOf(arrival)].map(([name, { value }]) => [name, value]))
}

function lacksSignature(verifier: Verifier, arrival: ParsedArrival): boolean {
  switch (verifier.kind) {
    case 'jws':
      return tokenIn(verifier, arrival) === undefined
    case 'hmac':
    case 'hash':
      return signatureIn(arrival, verifier.location, verifier.parameter) === undefined
    case 'header':
      return signatureIn(arrival, 'header', verifier.parameter) === undefined
    case 'none':
      return false
  }
}
