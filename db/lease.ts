import type { Knex } from './connect.js'

const HOUSEKEEPING_LOCK = 7_411_006

/** Runs work in a transaction under an advisory lock. @returns null when another process holds the lock */
export async function tryLease<Result>(knex: Knex, work: (trx: Knex) => Promise<Result>): Promise<Result | null> {
  return knex.transaction(async (trx) => {
    const { rows } = (await trx.raw('select pg_try_advisory_xact_lock(?) as mine', [HOUSEKEEPING_LOCK])) as {
      rows: { mine: boolean }[]
    }
    return rows[0]?.mine ? work(trx) : null
  })
}
