import { stringify } from 'csv-stringify/sync'

/** A cell as the file shows it: null is empty, booleans are `true` and `false`. */
export type Cell = string | number | bigint | boolean | null

/**
 * Lines of CSV as RFC 4180 quotes them, ended by a line feed, in UTF-8 without a mark: the same rows are the same
 * bytes.
 */
export function csvLines(rows: readonly (readonly Cell[])[]): string {
  return stringify(
    rows.map((row) => [...row]),
    { cast: { boolean: String }, record_delimiter: '\n', quoted_match: /\r/ },
  )
}

/**
 * Text which came from outside, safe to open in a spreadsheet: what it would take for a formula gets an apostrophe in
 *  * front (docs/money.md, completes.csv). For text only: an amount is never touched.
 */
export function textCell(text: string | null): string | null {
  return text !== null && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
}
