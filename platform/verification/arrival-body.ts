import { jsonMembers } from '../json/json-members.js'
import { utf8Text } from '../json/json-text.js'
import { Fields } from './fields.js'
import { MOST_PARAMETERS, memberParameter, pairsOf } from './parameter.js'
import { VerificationError } from './verification-error.js'

/** The content of a body. */
export interface ArrivalBody {
  readonly fields: Fields
  /** The whole body, if it is one signed token. */
  readonly token: string | null
}

export const NO_BODY: ArrivalBody = { fields: new Fields([]), token: null }

/** Three parts in base64url with dots between them (RFC 7515, compact serialization). */
const COMPACT = /^[\w-]+\.[\w-]+\.[\w-]+$/
const TOKEN_TYPES = new Set(['application/jwt', 'application/jose', 'text/plain'])

/**
 * Reads a body by its content, not by its content type (docs/configuration.md, "How arrivals are read"): `{` or `[`
 * begins JSON, a compact token is a token, anything else is a form. An empty body adds nothing.
 * @throws VerificationError 'malformed' when it is not UTF-8, is JSON but not an object, nests deeper than 64, or has
 * too many parameters
 */
export function readArrivalBody(bytes: Buffer, contentType: string | undefined): ArrivalBody {
  const type = (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
  const text = textOf(bytes).trim()
  if (text === '' || text === 'null' || text === '""' || /^\[\s*\]$/.test(text)) return NO_BODY
  if (text.startsWith('{') || text.startsWith('[')) return { fields: jsonFields(text), token: null }
  if (COMPACT.test(text)) return { fields: NO_BODY.fields, token: text }
  if (!text.includes('=')) {
    if (isJson(type)) throw new VerificationError('malformed', 'the body is not a JSON object')
    // sent as a token: its verifier reports what is wrong with it
    if (TOKEN_TYPES.has(type)) return { fields: NO_BODY.fields, token: text }
  }
  return { fields: new Fields(pairsOf(text, 0)), token: null }
}

function isJson(type: string): boolean {
  return type === 'application/json' || type === 'text/json' || type.endsWith('+json')
}

function textOf(bytes: Buffer): string {
  try {
    return utf8Text(bytes)
  } catch (error) {
    throw new VerificationError('malformed', 'the body is not UTF-8 text', { cause: error })
  }
}

function jsonFields(text: string): Fields {
  try {
    const members = jsonMembers(text, MOST_PARAMETERS)
    return new Fields(members.map(memberParameter).filter((parameter) => parameter !== null))
  } catch (error) {
    const reason = error instanceof SyntaxError && error.message.startsWith('nested') ? error.message : NOT_AN_OBJECT
    throw new VerificationError('malformed', `the body cannot be read: ${reason}`, { cause: error })
  }
}

const NOT_AN_OBJECT = `it is not one JSON object of at most ${MOST_PARAMETERS} members`
