/** The result of one check: `warn` is worth knowing, `fault` needs a fix. */
export interface Finding {
  readonly state: 'ok' | 'warn' | 'fault'
  /** What was checked, in a word or two. */
  readonly part: string
  /** What was found. */
  readonly found: string
  /** What to do; null when no action is needed. */
  readonly wayOut: string | null
}

export const ok = (part: string, found: string): Finding => ({ state: 'ok', part, found, wayOut: null })
export const warn = (part: string, found: string, wayOut: string): Finding => ({ state: 'warn', part, found, wayOut })
export const fault = (part: string, found: string, wayOut: string): Finding => ({ state: 'fault', part, found, wayOut })

/** An error's own words on one line. */
export function wordsOf(error: unknown): string {
  const inner = error instanceof AggregateError ? error.errors[0] : error
  const { code } = (inner ?? {}) as { code?: unknown }
  const message = inner instanceof Error ? inner.message : String(inner)
  return (message || String(code ?? 'unknown')).split('\n')[0] ?? ''
}
