import type { Period, PeriodState } from '../../domain/finance/period.js'
import type { Knex } from '../connect.js'

/** An accounting month, for finance. */
export interface LedgerPeriod {
  readonly period: Period
  readonly state: PeriodState
  /** The time and the author of its last change of state; null = never changed. */
  readonly changedAt: Date | null
  readonly changedBy: string | null
  readonly reason: string | null
  /** Decimal text: the number of its transactions. */
  readonly postings: string
  /** Decimal text: the number of those whose origin is an earlier month. */
  readonly late: string
}

/** Every month with postings or a state, in order. Reads the whole ledger. */
export async function readPeriods(knex: Knex): Promise<LedgerPeriod[]> {
  const { rows } = (await knex.raw(
    `select coalesce(p.period, t.period) as period, coalesce(p.state, 'open') as state, p.changed_at as "changedAt",
            p.changed_by as "changedBy", p.reason, coalesce(t.postings, 0)::text as postings,
            coalesce(t.late, 0)::text as late
       from ledger_periods p
       full join (select period, count(*) as postings, count(*) filter (where period_of_origin <> period) as late
                    from ledger_transactions group by period) t on t.period = p.period
      order by 1`,
  )) as { rows: LedgerPeriod[] }
  return rows
}
