/** Where a page of a list ended: a stamp with PostgreSQL's microseconds and the id that breaks ties. */
export interface Keyset {
  /** As `stampText` gives it. */
  readonly at: string
  readonly id: string
}

/** SQL: a timestamptz column as text that loses nothing, unlike a JavaScript date. */
export const stampText = (column: string): string =>
  `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`

/** Cuts a list that was read with one row too many. */
export function pageOf<Row extends { readonly keyset: Keyset }>(
  rows: readonly Row[],
  limit: number,
): { rows: readonly Row[]; next: Keyset | null } {
  const page = rows.slice(0, limit)
  return { rows: page, next: rows.length > limit ? (page.at(-1)?.keyset ?? null) : null }
}
