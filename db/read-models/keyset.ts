/** The cursor of a list: a timestamp with PostgreSQL's microseconds, and the id that breaks ties. */
export interface Keyset {
  /** In the format of `stampText`. */
  readonly at: string
  readonly id: string
}

/** SQL: a timestamptz column as text with microseconds, which a JavaScript date would lose. */
export const stampText = (column: string): string =>
  `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`

/** Cuts a list that was read with limit + 1 rows to a page. */
export function pageOf<Row extends { readonly keyset: Keyset }>(
  rows: readonly Row[],
  limit: number,
): { rows: readonly Row[]; next: Keyset | null } {
  const page = rows.slice(0, limit)
  return { rows: page, next: rows.length > limit ? (page.at(-1)?.keyset ?? null) : null }
}
