import type { Knex } from '../connect.js'
import { stampRevisions } from './stamper.js'

/** Pools with a stamper under way; true = something was committed since it looked. */
const underWay = new Map<Knex, boolean>()

/**
 * Has what was just committed stamped, without making anybody wait for it: one stamper a process at a time, however many
 * ask. The janitor stamps what is left where a process dies in between.
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
    // PostgreSQL is away, or the pool is closing: the rows stay dirty, and the janitor finds them
  } finally {
    underWay.delete(knex)
  }
}
