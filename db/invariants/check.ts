import type { Knex } from '../connect.js'
import type { Invariant } from './invariant.js'
import { moneyInvariants } from './money-invariants.js'
import { planInvariants } from './plan-invariants.js'
import { sessionInvariants } from './session-invariants.js'
import { supplyInvariants } from './supply-invariants.js'

/** Every invariant over the tables, in the order of docs/invariants.md. */
export const invariants: readonly Invariant[] = [
  ...supplyInvariants,
  ...sessionInvariants,
  ...moneyInvariants,
  ...planInvariants,
]

export interface BrokenInvariant {
  readonly invariant: Invariant
  /** At most 20 rows that break it. */
  readonly rows: readonly Record<string, unknown>[]
}

/**
 * Checks all invariants in one snapshot, so that each concurrent transaction is seen completely or not at all. @returns
 * the broken ones; empty = all hold
 */
export async function checkInvariants(knex: Knex): Promise<BrokenInvariant[]> {
  return knex.transaction(
    async (trx) => {
      const broken: BrokenInvariant[] = []
      for (const invariant of invariants) {
        const { rows } = (await trx.raw(`select * from (${invariant.sql}) violations limit 20`)) as {
          rows: Record<string, unknown>[]
        }
        if (rows.length > 0) broken.push({ invariant, rows })
      }
      return broken
    },
    { isolationLevel: 'repeatable read', readOnly: true },
  )
}
