import type { Period, PeriodState } from '../../domain/finance/period.js'
import type { Knex } from '../connect.js'

/** A change of a month's state, with its author and reason. */
export interface PeriodChange {
  readonly period: Period
  readonly state: PeriodState
  /** The operator's id. */
  readonly by: string
  readonly reason: string | null
  readonly at: Date
}

/**
 * Changes the state of a month. Waits for postings in progress in it; later postings wait for the end of this
 * transaction. Change several months in ascending order, to avoid a deadlock.
 * @param trx a transaction at read committed
 * @throws a database error TR013 for a closed month, which cannot change
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
