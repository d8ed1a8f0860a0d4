import { stringify } from 'csv-stringify/sync'

/** A cell of the file: null is written as empty, booleans as `true` and `false`. */
export type Cell = string | number | bigint | boolean | null

/**
 * Writes lines of CSV: quoted as in RFC 4180, ended by a line feed, UTF-8 without a byte order mark. The same rows
 * always give the same bytes.
 */
export function csvLines(rows: readonly (readonly Cell[])[]): string {
  return stringify(
    rows.map((row) => [...row]),
    { cast: { boolean: String }, record_delimiter: '\n', quoted_match: /\r/ },
  )
}

/**
 * Makes text from outside safe to open in a spreadsheet: text that a spreadsheet would read as a formula gets an
 * apostrophe in front (docs/money.md, completes.csv). For text only: amounts stay as they are.
 */
export function textCell(text: string | null): string | null {
  return text !== null && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
}
