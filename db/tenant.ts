import type { Knex } from './connect.js'

/**
 * Runs queries as one panel: in a transaction whose role sees that panel's rows only, so that a missing `where` returns
 * no rows of another tenant. Without a panel the role sees no rows.
 */
export async function asPanel<Result>(
  knex: Knex,
  panel: string,
  work: (trx: Knex) => Promise<Result>,
): Promise<Result> {
  return knex.transaction(async (trx) => {
    await trx.raw("select set_config('role', 'tributary_panel', true), set_config('tributary.panel', ?, true)", [panel])
    return work(trx)
  })
}
