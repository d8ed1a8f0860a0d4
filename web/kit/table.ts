import { attributes } from './attributes.js'
import { type Html, html, type Part } from './html.js'

/** A column: its heading, and its cell for a row. */
export interface Column<Row> {
  readonly heading: string
  cell(row: Row): Part
  /** Counts and money: right-aligned, with digits of one width, to compare them easily. */
  readonly numeric?: boolean
  /** The cell that names the row, for a screen reader. */
  readonly names?: boolean
  /** Hides its heading on a phone: buttons have labels. */
  readonly actions?: boolean
}

export interface TableOptions<Row> {
  /** The table's label for a screen reader. */
  readonly label: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  /** Shown instead of a table without rows. */
  readonly empty?: Part
  /** The id of a row's element, for links to it. */
  rowId?(row: Row): string
}

/**
 * A table whose heading stays in view while the page scrolls; on a phone each row is a card that repeats the headings.
 * Shows all given rows: a longer list needs `pager`.
 */
export function table<Row>({ label, columns, rows, empty, rowId }: TableOptions<Row>): Html {
  if (rows.length === 0 && empty !== undefined) return html`<p class="soft">${empty}</p>`
  return html`<table class="rows" aria-label="${label}"><thead><tr>${columns.map(
    ({ heading, numeric }) => html`<th${numeric === true && NUMERIC}>${heading}</th>`,
  )}</tr></thead>
<tbody>${rows.map(
    (
      row,
    ) => html`<tr${rowId !== undefined && attributes({ id: rowId(row) })}>${columns.map((column) => cell(column, row))}</tr>
`,
  )}</tbody></table>`
}

const NUMERIC = attributes({ class: 'number' })
const ROW_HEADING = attributes({ scope: 'row' })

function cell<Row>({ heading, numeric, names, actions, cell: content }: Column<Row>, row: Row): Html {
  const value = content(row)
  if (actions === true) return html`<td>${value}</td>`
  // the inner element is the second column of the card on a phone
  if (names === true) return html`<th${ROW_HEADING} data-label="${heading}"><div>${value}</div></th>`
  return html`<td data-label="${heading}"${numeric === true && NUMERIC}><div>${value}</div></td>`
}
