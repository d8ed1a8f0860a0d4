import type { Period, PeriodState } from '../../domain/finance/period.js'
import type { Knex } from '../connect.js'

/** An accounting month as finance sees it. */
export interface LedgerPeriod {
  readonly period: Period
  readonly state: PeriodState
  /** When and by whom its state was given; null while it never changed. */
  readonly changedAt: Date | null
  readonly changedBy: string | null
  readonly reason: string | null
  /** Decimal text: its transactions. */
  readonly postings: string
  /** Decimal text: those whose news happened in an earlier month. */
  readonly late: string
}

/** Every month that has postings or was given a state, the first one first. Reads the whole ledger. */
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
