import type { Knex } from './connect.js'

/** Values of `?` in order, or of `:name` by name. */
type Bindings = Parameters<Knex['raw']>[1]

/**
 * Runs a statement that knex has no words for, and gives its rows.
 * @typeParam Row what one row is made of: the statement's columns by their names, in the types that `pg` reads them as
 *   (`bigint` and `numeric` as text, `timestamptz` as Date)
 * @param bindings every value of a caller's goes in here, never into the text
 */
export async function rows<Row extends object>(knex: Knex, sql: string, bindings: Bindings = []): Promise<Row[]> {
  const answer: { readonly rows: Row[] } = await knex.raw(sql, bindings)
  return answer.rows
}

/** As `rows`, for a statement that gives none. @returns how many rows it inserted, updated or deleted */
export async function affected(knex: Knex, sql: string, bindings: Bindings = []): Promise<number> {
  const answer: { readonly rowCount: number } = await knex.raw(sql, bindings)
  return answer.rowCount
}

/** Columns by the names that a row leaves `db/` with: `{ planId: 'plan_id' }`. */
type Columns = Readonly<Record<string, string>>

/** What to select, so that rows come in those names: `p.plan_id as "planId", …`. @param table its name or alias */
export function columnsAs(columns: Columns, table: string): string {
  return Object.entries(columns)
    .map(([name, column]) => `${table}.${column} as "${name}"`)
    .join(', ')
}

/** Values by their columns, for an insert or update; names that are absent stay absent. */
export function inColumns<Given extends Columns>(
  columns: Given,
  values: { readonly [Name in keyof Given]?: unknown },
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => {
      const column = columns[name]
      return column === undefined ? [] : [[column, value]]
    }),
  )
}
