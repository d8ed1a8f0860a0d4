const PLACEHOLDER = /\(\(\s*([\w.-]+)\s*\)\)/g

/**
 * A survey's address for one session (seed 000, Knowledge Base): `((NAME))` becomes the value of that name,
 * percent-encoded; an unknown name becomes nothing. Without `((SESSION_ID))` the token is appended as `t`, and whatever
 * else the address holds stays byte for byte.
 */
export function surveyAddress(template: string, token: string, values: Readonly<Record<string, string>>): string {
  let named = false
  const filled = template.replace(PLACEHOLDER, (_whole, name: string) => {
    if (name.toUpperCase() === 'SESSION_ID') {
      named = true
      return encodeURIComponent(token)
    }
    return encodeURIComponent((Object.hasOwn(values, name) ? values[name] : undefined) ?? '')
  })
  return named ? filled : appendToken(filled, token)
}

function appendToken(address: string, token: string): string {
  const [beforeFragment = '', ...fragment] = address.split('#')
  const separator = beforeFragment.includes('?') ? (/[?&]$/.test(beforeFragment) ? '' : '&') : '?'
  const hash = fragment.length > 0 ? `#${fragment.join('#')}` : ''
  return `${beforeFragment}${separator}t=${encodeURIComponent(token)}${hash}`
}
