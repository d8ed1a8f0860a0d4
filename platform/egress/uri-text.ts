/** RFC 3986: unreserved and reserved characters, and percent-encoded octets. */
const URI = /^(?:[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*$/
/** `{{NAME}}`; `((NAME))` has no character that a URI has not (docs/router.md). */
const PLACEHOLDER = /\{\{[\w.-]+\}\}/g

/**
 * Whether a text has only what a URI is written with: no spaces, control characters, backslashes, double quotes or markup,
 * no `%` without two hexadecimal digits. Placeholders of survey addresses are taken for what will stand in their place.
 */
export function isUriText(text: string): boolean {
  return URI.test(text.replace(PLACEHOLDER, ''))
}
