import type { Period, PeriodState } from '../../domain/finance/period.js'
import type { Knex } from '../connect.js'

/** A change of a month's state: by whom, and why. */
export interface PeriodChange {
  readonly period: Period
  readonly state: PeriodState
  /** The operator's id. */
  readonly by: string
  readonly reason: string | null
  readonly at: Date
}

/**
 * Changes the state of a month. Waits for postings that are under way in it; later postings wait for the end of this
 * transaction. Change several months in their order, so that two such transactions cannot wait for each other.
 * @param trx a transaction at read committed
 * @throws a database error TR013 for a closed month: it is closed for good
 */
export async function changePeriod(trx: Knex, change: PeriodChange): Promise<void> {
  await trx('ledger_periods')
    .insert({
      period: change.period,
      state: change.state,
      changed_at: change.at,
      changed_by: change.by,
      reason: change.reason,
    })
    .onConflict('period')
    .merge()
}
