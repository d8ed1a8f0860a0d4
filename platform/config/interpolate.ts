/** A text with its `${NAME}` replaced, the variables that took part, and what was wrong. */
export interface Interpolated {
  readonly text: string
  readonly names: readonly string[]
  readonly faults: readonly string[]
}

const REFERENCE = /\$\$\{|\$\{(?:([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\})?/g

/**
 * Replaces `${NAME}` and `${NAME:-default}` from the environment, once: what a variable holds is never read again.
 * The default counts when the variable is unset or empty. `$${` stands for a literal `${`.
 */
export function interpolate(text: string, env: Readonly<Record<string, string | undefined>>): Interpolated {
  const names: string[] = []
  const faults: string[] = []
  const replaced = text.replace(REFERENCE, (match: string, name: string | undefined, fallback: string | undefined) => {
    if (match === '$${') return '${'
    if (name === undefined) {
      faults.push('has a $' + '{ that is neither a variable nor escaped; write $${ for a literal one')
      return ''
    }
    names.push(name)
    const value = env[name]
    if (fallback !== undefined) return value === undefined || value === '' ? fallback : value
    if (value === undefined) faults.push(`the environment variable ${name} is not set`)
    return value ?? ''
  })
  return { text: replaced, names, faults }
}
