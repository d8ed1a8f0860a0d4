import type { Knex } from '../connect.js'
import { type ConnectionRow, listConnections } from '../stores/connection-store.js'

/** A connection for operators: its poll loop, its open surveys, its quarantine. */
export interface ConnectionOverview extends ConnectionRow {
  readonly surveysOpen: number
  readonly quarantined: number
}

/** Every connection that was ever configured, by id. */
export async function readConnectionOverview(knex: Knex): Promise<ConnectionOverview[]> {
  const [connections, open, quarantined] = await Promise.all([
    listConnections(knex),
    countBy(knex, 'surveys', { status: 'open' }),
    countBy(knex, 'quarantine', { state: 'open' }),
  ])
  return connections.map((row) => ({
    ...row,
    surveysOpen: open.get(row.connection) ?? 0,
    quarantined: quarantined.get(row.connection) ?? 0,
  }))
}

async function countBy(
  knex: Knex,
  table: 'surveys' | 'quarantine',
  where: Readonly<Record<string, string>>,
): Promise<Map<string, number>> {
  const rows: { connection: string; count: string }[] = await knex(table)
    .select('connection')
    .count({ count: '*' })
    .where(where)
    .groupBy('connection')
  return new Map(rows.map((row) => [row.connection, Number(row.count)]))
}
