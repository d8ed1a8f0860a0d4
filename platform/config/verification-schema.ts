import { createPublicKey } from 'node:crypto'
import { z } from 'zod'
import { fieldNotes, fromEnvironment } from './field-notes.js'
import { Complaint, duration, field, flag, headerKey, oneOf, secret, text, textField, webUrl } from './fields.js'
import { absent, section, someOf } from './sections.js'
import { algorithmOf, publicKey } from './signing-key.js'

/** The part of an arrival that holds the signature. */
const location = oneOf(['query', 'body', 'header'], 'body').prefault('query')

const SHARED_SECRET_ALGORITHMS = ['HS256', 'HS384', 'HS512'] as const
const RSA_ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'] as const
const JWS_ALGORITHMS = [...SHARED_SECRET_ALGORITHMS, ...RSA_ALGORITHMS, 'ES256', 'ES384', 'ES512', 'EdDSA'] as const
type JwsAlgorithm = (typeof JWS_ALGORITHMS)[number]

/** The one key source of a JWS verifier. */
export type JwsKey =
  | { readonly kind: 'secret'; readonly secret: string }
  | { readonly kind: 'public_key'; readonly pem: string }
  | { readonly kind: 'jwks'; readonly url: string }

const jws = section({
  kind: z.literal('jws'),
  location,
  parameter: text('jws'),
  algorithms: someOf(oneOf(JWS_ALGORITHMS, 'RS256')).optional(),
  algorithm: absent(oneOf(JWS_ALGORITHMS, 'RS256')),
  secret: absent(secret()),
  public_key: absent(publicKey),
  jwks_url: absent(webUrl('"https://provider.example/.well-known/jwks.json"')),
  issuer: absent(text('"https://provider.example"')),
  audience: absent(text('tributary')),
  clock_skew: duration(0, '60s').prefault('60s'),
  // A token without exp would never expire.
  require_exp: flag().prefault(true),
})
  .transform((given, context) => {
    const { secret: shared, publicKey: pem, jwksUrl: url, algorithm, algorithms: many, ...rest } = given
    const complain = (message: string) => {
      context.addIssue({ code: 'custom', message })
      return z.NEVER
    }
    const algorithms: readonly JwsAlgorithm[] = many ?? (algorithm === null ? [] : [algorithm])
    if (many && algorithm !== null) return complain('give algorithms or algorithm, not both')
    if (algorithms.length === 0) return complain('jws needs algorithms: [RS256], the only ones that will be accepted')
    const sources: JwsKey[] = [
      ...(shared === null ? [] : [{ kind: 'secret', secret: shared } as const]),
      ...(pem === null ? [] : [{ kind: 'public_key', pem } as const]),
      ...(url === null ? [] : [{ kind: 'jwks', url } as const]),
    ]
    const [key] = sources
    if (!key || sources.length > 1) return complain('jws needs exactly one of jwks_url, public_key and secret')
    const clash = algorithms.find((name) => !suits(name, key))
    if (clash !== undefined)
      return complain(`the algorithm ${clash} does not go with this key; pin only what the key is for`)
    return { ...rest, algorithms, key }
  })
  .register(fieldNotes, {
    example: '{ kind: jws, parameter: jws, algorithms: [RS256], jwks_url: "https://provider.example/jwks.json" }',
  })

/** An algorithm is pinned to its kind of key, so that a public key is never used as a shared secret. */
function suits(algorithm: JwsAlgorithm, key: JwsKey): boolean {
  const shared = SHARED_SECRET_ALGORITHMS.some((name) => name === algorithm)
  if (key.kind !== 'public_key') return shared === (key.kind === 'secret')
  const natural = algorithmOf(createPublicKey(key.pem))
  return natural === 'RS256' ? RSA_ALGORITHMS.some((name) => name === algorithm) : natural === algorithm
}

const DIGESTS = ['md5', 'sha1', 'sha256', 'sha384', 'sha512'] as const

/** The signed text: the address up to the parameter, with or without the separator before it, or some fields. */
export type SignedPart =
  | { readonly kind: 'url' }
  | { readonly kind: 'url_without_separator' }
  | { readonly kind: 'fields'; readonly names: readonly string[]; readonly separator: string }

const over = field(
  { example: 'url' },
  (value): Exclude<SignedPart, { kind: 'fields' }> | readonly string[] | Complaint => {
    if (value === 'url' || value === 'url_without_separator') return { kind: value }
    const names = Array.isArray(value) ? value.filter((name) => typeof name === 'string' && name.trim() !== '') : []
    if (Array.isArray(value) && names.length === value.length && names.length > 0) return names
    return new Complaint('must be url, url_without_separator or a list of field names')
  },
)

const separator = field({ example: '"|"' }, (value) =>
  typeof value === 'string' && !/[\r\n]/.test(value) ? value : new Complaint('must be text on one line'),
)

const digestSettings = {
  location,
  parameter: text('hash'),
  algorithm: oneOf(DIGESTS, 'sha256'),
  secret: secret(),
  encoding: oneOf(['hex', 'base64', 'base64url']).prefault('hex'),
  over,
  separator: absent(separator),
}

interface GivenDigest {
  readonly location: 'query' | 'body' | 'header'
  readonly over: { readonly kind: 'url' | 'url_without_separator' } | readonly string[]
  readonly separator: string | null
}

function signedPart(given: GivenDigest, complain: (message: string) => void): SignedPart {
  const { over: part, separator: between, location: place } = given
  if (!('kind' in part)) return { kind: 'fields', names: part, separator: between ?? '' }
  if (between !== null) complain('separator requires a list of field names in over')
  if (place !== 'query') complain(`over: ${part.kind} reads the address, so location must be query`)
  return part
}

const hmac = section({ kind: z.literal('hmac'), ...digestSettings }).transform((given, context) => {
  const { separator: _, ...rest } = given
  return { ...rest, over: signedPart(given, (message) => context.addIssue({ code: 'custom', message })) }
})

const hash = section({
  kind: z.literal('hash'),
  ...digestSettings,
  secret_position: oneOf(['before', 'after'], 'after').prefault('after'),
}).transform((given, context) => {
  const { separator: _, ...rest } = given
  return { ...rest, over: signedPart(given, (message) => context.addIssue({ code: 'custom', message })) }
})

const header = section({
  kind: z.literal('header'),
  parameter: textField({ example: 'x-notify-key' }, (name) =>
    /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/.test(name)
      ? name.toLowerCase()
      : new Complaint('must be the name of an HTTP header'),
  ),
  secret: headerKey(fromEnvironment('SHARED_SECRET')),
})

const none = section({ kind: z.literal('none') })

const verifier = z.discriminatedUnion('kind', [jws, hmac, hash, header, none])

/** One way to verify that an arrival is the provider's (docs/configuration.md, "How arrivals are read"). */
export type Verifier = z.output<typeof verifier>

/** One verifier, or a list of which all must hold. Always a list in the program. */
export const verification = z
  .preprocess((value) => (Array.isArray(value) || value === undefined ? value : [value]), z.array(verifier))
  .superRefine((verifiers, context) => {
    if (verifiers.length === 0)
      context.addIssue({ code: 'custom', message: 'must not be an empty list; kind: none accepts every arrival' })
    if (verifiers.length > 1 && verifiers.some((one) => one.kind === 'none'))
      context.addIssue({ code: 'custom', message: 'kind: none cannot be combined with other verifiers' })
  })
