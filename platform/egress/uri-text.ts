/** RFC 3986: unreserved and reserved characters, and percent-encoded octets. */
const URI = /^(?:[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*$/
/** `{{NAME}}`; every character of `((NAME))` is valid in a URI (docs/router.md). */
const PLACEHOLDER = /\{\{[\w.-]+\}\}/g

/**
 * Whether a text has only characters of a URI: no spaces, control characters, backslashes, double quotes or markup, no
 * `%` without two hexadecimal digits. Placeholders of survey addresses count as their values.
 */
export function isUriText(text: string): boolean {
  return URI.test(text.replace(PLACEHOLDER, ''))
}
