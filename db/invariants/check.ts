import type { Knex } from '../connect.js'
import type { Invariant } from './invariant.js'
import { moneyInvariants } from './money-invariants.js'
import { planInvariants } from './plan-invariants.js'
import { sessionInvariants } from './session-invariants.js'
import { supplyInvariants } from './supply-invariants.js'

/** Every invariant that the tables can break, in the order of docs/invariants.md. */
export const invariants: readonly Invariant[] = [
  ...supplyInvariants,
  ...sessionInvariants,
  ...moneyInvariants,
  ...planInvariants,
]

export interface BrokenInvariant {
  readonly invariant: Invariant
  /** The first rows that break it. */
  readonly rows: readonly Record<string, unknown>[]
}

/** Runs them all in one snapshot, so that work under way is seen whole. @returns what is broken; empty = all hold */
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
