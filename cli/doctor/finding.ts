/** One thing that was looked at: `warn` is worth knowing, `fault` has to be mended. */
export interface Finding {
  readonly state: 'ok' | 'warn' | 'fault'
  /** What was looked at, in a word or two. */
  readonly part: string
  /** What was found. */
  readonly found: string
  /** What to do; null when nothing is. */
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
