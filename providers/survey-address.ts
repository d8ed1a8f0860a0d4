/**
 * `((NAME))`, or with curly braces as one note of the document has it (SurveyPlanWithStatus: survey_url). Address bars
 * and URL libraries escape these marks, in hex digits of either case, and the blanks between them: all the same
 * placeholder.
 */
const BLANK = '(?:\\s|%20)*'
const NAME = '((?:[\\w.-]|%5F|%2D|%2E)+)'
const PLACEHOLDER = new RegExp(
  `(?:\\(|%28){2}${BLANK}${NAME}${BLANK}(?:\\)|%29){2}|(?:\\{|%7B){2}${BLANK}${NAME}${BLANK}(?:\\}|%7D){2}`,
  'gi',
)

/** What the placeholders of a survey's address may name, beside the session's token. */
export interface AddressValues {
  /** By upper-case name; written in an address in any case. */
  readonly session: Readonly<Record<string, string>>
  /** By the exact name: profile attributes, what the panel attached. A name of `session` goes before it. */
  readonly named: ReadonlyMap<string, string>
}

/**
 * A survey's address for one session (Kantar Gateway API, Knowledge Base): `((NAME))` becomes the value of that name,
 * percent-encoded; an unknown name becomes nothing. Without `((SESSION_ID))` the token is put in as `t`, in the place
 * of a `t` that the address has already; whatever else it holds stays byte for byte.
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

/** Everything but letters, digits and `-._~` (RFC 3986, unreserved): nothing of a value can be read as markup. */
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
