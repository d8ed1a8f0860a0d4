import type { Knex } from '../connect.js'
import { rows } from '../raw.js'

/** The number of open surveys of a connection, and their countries (alpha-3, sorted). */
export async function openStock(knex: Knex, connection: string): Promise<{ surveys: number; countries: string[] }> {
  const stock = await rows<{ country: string; surveys: number }>(
    knex,
    `select country, count(*)::int as surveys from surveys
      where connection = ? and status = 'open' group by country order by country`,
    [connection],
  )
  return {
    surveys: stock.reduce((sum, row) => sum + row.surveys, 0),
    countries: stock.map((row) => row.country),
  }
}
