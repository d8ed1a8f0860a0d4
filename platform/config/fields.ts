import { z } from 'zod'
import { countryOf } from '../../domain/country.js'
import { isUriText } from '../egress/uri-text.js'
import { formatDuration, parseDuration } from './duration.js'
import { type FieldNote, fieldNotes, fromEnvironment } from './field-notes.js'
import { isCurrency } from './iso-codes.js'

/** Why a value is invalid; the text follows "path: " in the fault line. */
export class Complaint {
  constructor(readonly text: string) {}
}

/**
 * A setting that one function reads from the file's value: returns the setting, or a Complaint. Every leaf of the
 * configuration uses this, so that each fault has one line in one form.
 */
export function field<Output>(note: FieldNote, read: (value: unknown) => Output | Complaint) {
  return z
    .unknown()
    .transform((value, context): Output => {
      const result = value === undefined ? new Complaint('is missing') : read(value)
      if (!(result instanceof Complaint)) return result
      context.addIssue({ code: 'custom', message: result.text })
      return z.NEVER
    })
    .register(fieldNotes, note)
}

/** A setting written as text. Refuses numbers, because `0012` would lose its zeros. */
export function textField<Output>(note: FieldNote, read: (text: string) => Output | Complaint) {
  return field(note, (value) => {
    if (typeof value === 'number' || typeof value === 'boolean')
      return new Complaint('must be text; put the value in quotes')
    if (typeof value !== 'string') return new Complaint('must be text')
    if (value.trim() === '') return new Complaint('must not be empty')
    return read(value)
  })
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the point
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/

function oneLine(text: string): Complaint | null {
  if (CONTROL.test(text)) return new Complaint('must be one line without control characters')
  if (text !== text.trim()) return new Complaint('must not begin or end with a space')
  return null
}

/** One line of text: a name, a parameter, an issuer. */
export const text = (example: string) => textField({ example }, (value) => oneLine(value) ?? value)

/** An id of ours, for URLs, task queues and workflow ids. */
export const identifier = (example: string) =>
  textField({ example }, (value) =>
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(value)
      ? value
      : new Complaint('must be 1 to 64 letters, digits, dots, dashes or underscores, beginning with a letter or digit'),
  )

/** A key for an HTTP header: visible ASCII, so that no CR or LF can split the header. */
export const headerKey = (example: string) =>
  textField({ example, secret: true }, (value) =>
    /^[\x21-\x7e]+$/.test(value) ? value : new Complaint('must be visible ASCII characters without spaces'),
  )

/** A shared secret, used byte for byte. */
export const secret = (example = fromEnvironment('SHARED_SECRET')) =>
  textField({ example, secret: true }, (value) => oneLine(value) ?? value)

/** An id of a provider: a number to them, text to us. */
export const code = (example: string) =>
  field({ example }, (value) => {
    if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value)
    if (typeof value !== 'string' || value.trim() === '') return new Complaint('must be a code: text or a whole number')
    return oneLine(value) ?? value
  })

/** One of several words, spelled exactly. */
export const oneOf = <const Word extends string>(words: readonly Word[], example: string = words[0] ?? '') =>
  textField({ example }, (value) => {
    const found = words.find((word) => word === value)
    return found ?? new Complaint(`must be one of ${words.join(', ')}`)
  })

/** true or false; the texts "true" and "false" count, so that an environment variable can decide. */
export const flag = () =>
  field({ example: 'true' }, (value) => {
    if (value === true || value === 'true') return true
    if (value === false || value === 'false') return false
    return new Complaint('must be true or false')
  })

/** A number within bounds, both included; decimal text counts, so that an environment variable can give it. */
export const number = (bounds: { min: number; max: number; whole: boolean; example: string }) =>
  field({ example: bounds.example }, (value) => {
    const wanted = `must be a ${bounds.whole ? 'whole ' : ''}number from ${bounds.min} to ${bounds.max}`
    const decimal = typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value
    if (typeof decimal !== 'number' || !Number.isFinite(decimal)) return new Complaint(wanted)
    if (decimal < bounds.min || decimal > bounds.max) return new Complaint(wanted)
    return bounds.whole && !Number.isInteger(decimal) ? new Complaint(wanted) : decimal
  })

/** A whole number within bounds, both included. */
export const integer = (min: number, max: number, example: string) => number({ min, max, whole: true, example })

/**
 * `500ms`, `12s`, `30m`, `24h`, `30d`, as milliseconds.
 * @param minimum the shortest one allowed, in milliseconds
 */
export const duration = (minimum: number, example: string) =>
  textField({ example }, (value) => {
    const milliseconds = parseDuration(value)
    if (milliseconds === null) return new Complaint('must be a duration: a whole number and ms, s, m, h or d')
    if (milliseconds < minimum) return new Complaint(`must be at least ${formatDuration(minimum)}`)
    return milliseconds
  })

/** For polls and caches. */
export const SHORTEST_POLL_MS = 1_000
/** For times to live. */
export const SHORTEST_TTL_MS = 10_000

/**
 * An http or https address, stored as written. Egress policy, checked over the whole file, decides whether plain http
 * is allowed.
 */
export const webUrl = (example: string) => textField({ example }, (value) => urlComplaint(value) ?? value)

/** The beginning of addresses: paths are appended to it. Drops a trailing slash. */
export const baseUrl = (example: string) =>
  textField({ example }, (value) => {
    const complaint = urlComplaint(value)
    if (complaint) return complaint
    if (/[?#]/.test(value)) return new Complaint('must not have a query or a fragment: paths are appended to it')
    return value.replace(/\/+$/, '')
  })

function urlComplaint(value: string): Complaint | null {
  if (CONTROL.test(value) || /\s/.test(value))
    return new Complaint('must be a URL without spaces or control characters')
  if (!isUriText(value)) return new Complaint('must be a URL without quotes, backslashes or other marks (RFC 3986)')
  const url = URL.canParse(value) ? new URL(value) : null
  if (!url || !/^https?:\/\//i.test(value)) return new Complaint('must be a URL that begins with https://')
  if (url.username !== '' || url.password !== '') return new Complaint('must not carry a user name or password')
  return null
}

/** `host` or `host:port`, in lower case and without a default port, as `URL.host` spells it. */
export const hostAndPort = (example: string) =>
  textField({ example }, (value) => {
    const url = /^[^/?#@\s\\]+$/.test(value) && URL.canParse(`https://${value}`) ? new URL(`https://${value}`) : null
    if (url?.pathname !== '/') return new Complaint('must be a host or host:port, without a scheme or path')
    return url.port === '80' ? url.hostname : url.host
  })

/** ISO 3166-1 alpha-3. */
export const country = (example = 'USA') =>
  textField({ example }, (value) => countryOf(value) ?? new Complaint('must be an ISO 3166-1 alpha-3 country code'))

/**
 * A locale as the gateway spells it: language in lower case, dash, country in upper case (Kantar Gateway API, Survey
 * Plan).
 */
export const locale = (example = 'en-US') =>
  textField({ example }, (value) =>
    /^[a-z]{2,3}-[A-Z]{2}$/.test(value) ? value : new Complaint('must be a locale: language, dash, country'),
  )

/** Full years below which a panelist gets no offers; 0 = no minimum. */
export const minimumAge = () => integer(0, 120, '16')

/** ISO 4217. */
export const currency = (example = 'USD') =>
  textField({ example }, (value) => (isCurrency(value) ? value : new Complaint('must be an ISO 4217 currency code')))
