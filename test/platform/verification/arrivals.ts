import type { Verifier } from '../../../platform/config/verification-schema.js'
import type { RawArrival } from '../../../platform/verification/arrival.js'

/** An arrival as Node passes it; a browser's GET by default. */
export function arrivalOf(rawUrl: string, more: Partial<RawArrival> = {}): RawArrival {
  return {
    method: 'GET',
    rawUrl,
    headers: {},
    readBody: async () => Buffer.alloc(0),
    contentType: undefined,
    route: 'return',
    ...more,
  }
}

/** A server-to-server POST of JSON. */
export function jsonPost(rawUrl: string, body: string, headers: RawArrival['headers'] = {}): RawArrival {
  return post(rawUrl, body, 'application/json', headers)
}

/** A server-to-server POST. */
export function post(
  rawUrl: string,
  body: string | Buffer,
  contentType: string | undefined,
  headers: RawArrival['headers'] = {},
): RawArrival {
  const readBody = async () => Buffer.from(body)
  return arrivalOf(rawUrl, { method: 'POST', readBody, contentType, headers, route: 'postback' })
}

type Of<Kind extends Verifier['kind']> = Extract<Verifier, { kind: Kind }>

export function hmac(more: Partial<Of<'hmac'>> = {}): Of<'hmac'> {
  return {
    kind: 'hmac',
    location: 'query',
    parameter: 'encValue',
    algorithm: 'sha256',
    secret: 'supersecret',
    encoding: 'hex',
    over: { kind: 'url' },
    ...more,
  }
}

export function hash(more: Partial<Of<'hash'>> = {}): Of<'hash'> {
  return {
    kind: 'hash',
    location: 'query',
    parameter: 'ps_hash',
    algorithm: 'sha1',
    secret: 'supersecret',
    secretPosition: 'after',
    encoding: 'hex',
    over: { kind: 'url_without_separator' },
    ...more,
  }
}

export function jws(key: Of<'jws'>['key'], more: Partial<Of<'jws'>> = {}): Of<'jws'> {
  return {
    kind: 'jws',
    location: 'query',
    parameter: 'jws',
    algorithms: ['RS256'],
    key,
    issuer: 'https://gateway.example',
    audience: 'tributary',
    clockSkew: 60_000,
    requireExp: true,
    ...more,
  }
}
