import type { Knex } from './connect.js'

/** Values of `?` in order, or of `:name` by name. */
type Bindings = Parameters<Knex['raw']>[1]

/**
 * Runs a statement that knex's builder cannot express, and returns its rows.
 * @typeParam Row the statement's columns by their names, in the types of `pg` (`bigint` and `numeric` as text,
 *   `timestamptz` as Date)
 * @param bindings all of the caller's values; never put them into the text
 */
export async function rows<Row extends object>(knex: Knex, sql: string, bindings: Bindings = []): Promise<Row[]> {
  const answer: { readonly rows: Row[] } = await knex.raw(sql, bindings)
  return answer.rows
}

/** Like `rows`, for a statement without a result. @returns how many rows it inserted, updated or deleted */
export async function affected(knex: Knex, sql: string, bindings: Bindings = []): Promise<number> {
  const answer: { readonly rowCount: number } = await knex.raw(sql, bindings)
  return answer.rowCount
}

/** Property names of a row -> columns: `{ planId: 'plan_id' }`. */
type Columns = Readonly<Record<string, string>>

/** The select list for these property names: `p.plan_id as "planId", …`. @param table its name or alias */
export function columnsAs(columns: Columns, table: string): string {
  return Object.entries(columns)
    .map(([name, column]) => `${table}.${column} as "${name}"`)
    .join(', ')
}

/** Values by column, for an insert or update; absent names stay absent. */
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
