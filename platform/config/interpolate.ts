import { fromEnvironment } from './field-notes.js'

/** A text with its `${NAME}` replaced, the sources of its parts, and its faults. */
export interface Interpolated {
  readonly text: string
  /** True when the text has any `${…}`. */
  readonly refers: boolean
  /** The variables whose values are in it, without those replaced by a default. */
  readonly variables: readonly string[]
  readonly faults: readonly { readonly text: string; readonly example: string }[]
}

const REFERENCE = /\$\$\{|\$\{(?:([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\})?/g

/**
 * Replaces `${NAME}` and `${NAME:-default}` from the environment, once: the value of a variable is not interpolated
 * again. The default applies when the variable is unset or empty. `$${` is a literal `${`.
 */
export function interpolate(text: string, env: Readonly<Record<string, string | undefined>>): Interpolated {
  const variables: string[] = []
  let refers = false
  const faults: { text: string; example: string }[] = []
  const replaced = text.replace(REFERENCE, (match: string, name: string | undefined, fallback: string | undefined) => {
    if (match === '$${') return '${'
    if (name === undefined) {
      faults.push({
        text: 'has a $' + '{ that does not begin a variable; write $$' + '{ for a literal one',
        example: fromEnvironment('NAME'),
      })
      return ''
    }
    refers = true
    const value = env[name]
    if (fallback !== undefined && (value === undefined || value === '')) return fallback
    if (value === undefined)
      faults.push({
        text: `the environment variable ${name} is not set`,
        example: `"\${${name}:-default}", or ${name}=… npm start`,
      })
    else variables.push(name)
    return value ?? ''
  })
  return { text: replaced, refers, variables, faults }
}
