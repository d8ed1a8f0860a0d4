/**
 * `((NAME))`, or with curly braces as in one note of the document (SurveyPlanWithStatus: survey_url). Address bars and
 * URL libraries escape these marks and the blanks between them, in hex digits of either case: still the same
 * placeholder.
 */
const BLANK = '(?:\\s|%20)*'
const NAME = '((?:[\\w.-]|%5F|%2D|%2E)+)'
const PLACEHOLDER = new RegExp(
  `(?:\\(|%28){2}${BLANK}${NAME}${BLANK}(?:\\)|%29){2}|(?:\\{|%7B){2}${BLANK}${NAME}${BLANK}(?:\\}|%7D){2}`,
  'gi',
)

/** The values of the placeholders in a survey's address, in addition to the session's token. */
export interface AddressValues {
  /** By upper-case name; the address may write it in any case. */
  readonly session: Readonly<Record<string, string>>
  /** By the exact name: profile attributes and the panel's own data. A name of `session` takes precedence. */
  readonly named: ReadonlyMap<string, string>
}

/**
 * A survey's address for one session (Kantar Gateway API, Knowledge Base): `((NAME))` becomes the value of that name,
 * percent-encoded; an unknown name becomes empty. Without `((SESSION_ID))` the token becomes the parameter `t` and
 * replaces an existing `t`; the rest of the address stays byte for byte.
 */
export function surveyAddress(template: string, token: string, { session, named }: AddressValues): string {
  let tokenNamed = false
  const filled = template.replace(PLACEHOLDER, (_whole, round?: string, curly?: string) => {
    const name = decodeURIComponent(round ?? curly ?? '')
    const known = name.toUpperCase()
    if (known === 'SESSION_ID') {
      tokenNamed = true
      return encoded(token)
    }
    return encoded(Object.hasOwn(session, known) ? (session[known] ?? '') : (named.get(name) ?? ''))
  })
  return tokenNamed ? filled : withToken(filled, token)
}

/**
 * Escapes everything but letters, digits and `-._~` (RFC 3986, unreserved), so that no part of a value reads as markup.
 */
const encoded = (value: string): string =>
  encodeURIComponent(value).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`)

function withToken(address: string, token: string): string {
  const hashAt = address.indexOf('#')
  const [front, fragment] = hashAt === -1 ? [address, ''] : [address.slice(0, hashAt), address.slice(hashAt)]
  const queryAt = front.indexOf('?')
  const own = `t=${encoded(token)}`
  if (queryAt === -1) return `${front}?${own}${fragment}`
  const parts = front.slice(queryAt + 1).split('&')
  const isToken = (part: string): boolean => part === 't' || part.startsWith('t=')
  const first = parts.findIndex(isToken)
  if (first === -1) {
    const separator = parts.at(-1) === '' ? '' : '&'
    return `${front}${separator}${own}${fragment}`
  }
  const kept = parts.flatMap((part, index) => (index === first ? [own] : isToken(part) ? [] : [part]))
  return `${front.slice(0, queryAt)}?${kept.join('&')}${fragment}`
}
