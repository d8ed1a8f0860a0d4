import type { Knex } from '../connect.js'
import { stampRevisions } from './stamper.js'

/** Pools with a running stamper; true = another call came since its last run began. */
const underWay = new Map<Knex, boolean>()

/**
 * Stamps committed changes in the background, with one stamper per pool at a time. The janitor stamps what a crashed
 * process leaves.
 */
export function stampSoon(knex: Knex): void {
  if (underWay.has(knex)) {
    underWay.set(knex, true)
    return
  }
  underWay.set(knex, false)
  void stampUntilQuiet(knex)
}

async function stampUntilQuiet(knex: Knex): Promise<void> {
  try {
    do {
      underWay.set(knex, false)
      await stampRevisions(knex)
    } while (underWay.get(knex) === true)
  } catch {
    // PostgreSQL is unavailable, or the pool is closing: the rows stay dirty, and the janitor finds them
  } finally {
    underWay.delete(knex)
  }
}
