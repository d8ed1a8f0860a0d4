import { createHash } from 'node:crypto'
import type { Grade } from '../../domain/outcome.js'
import type { Verifier } from '../config/verification-schema.js'
import type { EgressClient } from '../egress/http-client.js'
import { type ParsedArrival, parseHead, type RawArrival, signatureIn, withBody } from './arrival.js'
import { type Naming, uncoveredHints } from './covering.js'
import { checkDigest, checkHeader } from './digest.js'
import { createKeySet, type KeySet } from './jwks.js'
import { checkJws, type KeySource, keySourceOf, tokenIn } from './jws.js'
import { readFields } from './read-fields.js'
import type { VerificationConfig } from './verification-config.js'
import { VerificationError } from './verification-error.js'

export type { VerificationConfig } from './verification-config.js'

/** The result of a verified arrival. */
export interface Verified {
  /** The claims of the token if one verifier is a jws, else the parameters of query and body. */
  readonly fields: Readonly<Record<string, unknown>>
  readonly signed: boolean
  /** True when it has no signature and configuration accepts it: the caller must then refuse a COMPLETED. */
  readonly unsigned: boolean
  readonly grade: Grade
  /**
   * A fingerprint of what was signed: equal for every arrival with the same signature (or signatures, if several must
   * match), in any spelling. SHA-256 in base64url, so it reveals neither a signature nor a person. Null if nothing was
   * signed: `header`, whose secret is the same every time, `none`, and an arrival without its signature.
   */
  readonly proof: string | null
}

export interface Verifiers {
  /**
   * Verifies an arrival or refuses it (docs/configuration.md, "How arrivals are read"). Reads its body only after all
   * checks that do not need the body.
   * @throws VerificationError, with a reason that is safe to show; errors of reading the body
   */
  verify(config: VerificationConfig, arrival: RawArrival): Promise<Verified>
}

export interface VerifiersOptions {
  readonly http: Pick<EgressClient, 'request'>
  /** Scheme, host and path prefix under which providers reach us. A function if it is known only once we listen. */
  readonly publicUrl: string | (() => string)
  readonly clock?: () => Date
}

/** Creates the one verification mechanism for every provider's arrivals. Published keys are shared by address. */
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

  /** Checks one verifier; null when the arrival has no signature for it. */
  const judge = async (verifier: Verifier, arrival: ParsedArrival): Promise<Proof | null> => {
    switch (verifier.kind) {
      case 'jws': {
        const token = tokenIn(verifier, arrival)
        if (token === undefined) return null
        const source = sources.get(verifier) ?? keySourceOf(verifier, keySetAt)
        sources.set(verifier, source)
        const { claims, signed } = await checkJws(verifier, source, token, clock())
        return { claims, signed }
      }
      case 'hmac':
      case 'hash': {
        const given = signatureIn(arrival, verifier.location, verifier.parameter)
        if (given === undefined) return null
        return { claims: null, signed: `${verifier.parameter}=${checkDigest(verifier, given, arrival, publicUrl())}` }
      }
      case 'header': {
        const given = signatureIn(arrival, 'header', verifier.parameter)
        if (given === undefined) return null
        checkHeader(verifier, given)
        return { claims: null, signed: null }
      }
      case 'none':
        return { claims: null, signed: null }
    }
  }

  return {
    async verify(config, raw) {
      const { verify, unsigned } = config
      // An empty list would accept every arrival.
      if (verify.length === 0) throw new VerificationError('forged', 'no verification is configured')
      if (!raw.rawUrl.startsWith('/')) throw new VerificationError('malformed', 'the request target is not a path')
      const tokens = verify.some(({ kind }) => kind === 'jws')
      const mayLackAll = unsigned === 'not_completed' && !tokens
      const proofs = new Map<Verifier, Proof>()
      let lacking = 0
      const judgeAll = async (verifiers: readonly Verifier[], arrival: ParsedArrival): Promise<void> => {
        for (const verifier of verifiers) {
          const proof = await judge(verifier, arrival)
          if (proof === null) lacking++
          else proofs.set(verifier, proof)
          // with two signatures required, one missing counts as a missing signature
          if (lacking > 0 && (!mayLackAll || proofs.size > 0)) {
            throw new VerificationError('forged', 'the signature is missing')
          }
        }
      }
      // Run all checks that do not need the body before reading any of it.
      let arrival = parseHead(raw)
      const waiting = verify.filter((verifier) => needsBody(verifier, arrival))
      await judgeAll(
        verify.filter((verifier) => !waiting.includes(verifier)),
        arrival,
      )
      if (waiting.length > 0 || !tokens) arrival = await withBody(arrival)
      await judgeAll(waiting, arrival)

      if (lacking > 0) {
        return { fields: readFields(config, arrival, []), signed: false, unsigned: true, grade: 'E0', proof: null }
      }
      const signed = verify.every(({ kind }) => kind !== 'none')
      const claims = [...proofs.values()].reduce<Proof['claims']>((all, proof) => proof.claims ?? all, null)
      const fields = claims ?? readFields(config, arrival, uncoveredHints(verify, config.naming ?? UNNAMED, arrival))
      return {
        fields,
        signed,
        unsigned: false,
        grade: gradeOf(signed, raw),
        proof: fingerprintOf([...proofs.values()]),
      }
    },
  }
}

/** The result of a matching verifier. */
interface Proof {
  /** Of a token; null otherwise. */
  readonly claims: Readonly<Record<string, unknown>> | null
  /** Identifies this signature, in one spelling; null if nothing is signed. */
  readonly signed: string | null
}

const UNNAMED: Naming = { sets: [], hints: [] }

/** Whether a verifier needs the body: it holds the signature, or a field that the signature covers. */
function needsBody(verifier: Verifier, head: ParsedArrival): boolean {
  switch (verifier.kind) {
    case 'jws':
      return verifier.location === 'body'
    case 'hmac':
    case 'hash':
      if (verifier.location === 'body') return true
      return verifier.over.kind === 'fields' && !verifier.over.names.every((name) => head.query.has(name))
    default:
      return false
  }
}

function fingerprintOf(proofs: readonly Proof[]): string | null {
  const signed = proofs.flatMap((proof) => (proof.signed === null ? [] : [proof.signed]))
  return signed.length === 0 ? null : createHash('sha256').update(signed.join('\n')).digest('base64url')
}

function gradeOf(signed: boolean, { route }: RawArrival): Grade {
  if (!signed) return 'E0'
  return route === 'postback' ? 'E2' : 'E1'
}
