import { type Account, formatAccount } from '../../domain/finance/account.js'
import type { Period } from '../../domain/finance/period.js'
import type { PostingSource } from '../../domain/finance/posting-source.js'
import type { Knex } from '../connect.js'

export interface LedgerEntry {
  /** In the format of `formatAccount`. */
  readonly account: string
  readonly side: 'debit' | 'credit'
  /** Decimal text. */
  readonly amountMinor: string
  readonly currency: string
}

export interface LedgerTransaction {
  /** Decimal text: its number in the order of posting. */
  readonly number: string
  readonly transactionId: string
  readonly at: Date
  readonly kind: 'complete' | 'reversal' | 'adjustment'
  readonly source: PostingSource
  /** Null = the posting is not about a session. */
  readonly sessionId: string | null
  /** The month in which it counts. */
  readonly period: Period
  /** The month of origin, never later than `period`. */
  readonly periodOfOrigin: Period
  readonly reverses: string | null
  readonly reason: string
  readonly entries: readonly LedgerEntry[]
}

type TransactionRow = Omit<LedgerTransaction, 'entries' | 'source'> & {
  readonly sourceKind: PostingSource['kind']
  readonly sourceId: string
}

/**
 * The numbered transactions of the ledger (see `numberPostings`), in order, each with all of its entries.
 * @param filter.account only transactions that touch it
 * @param after the number of the last known transaction
 * @returns a page; `next` is null on the last one, `resume` is always the cursor to continue from
 */
export async function readLedger(
  knex: Knex,
  filter: { readonly period: Period | null; readonly account: Account | null },
  after: string | null,
  limit: number,
): Promise<{ rows: readonly LedgerTransaction[]; next: string | null; resume: string | null }> {
  const query = knex('ledger_transactions as t')
    .select({
      transactionId: 't.transaction_id',
      at: 't.at',
      kind: 't.kind',
      sourceKind: 't.source_kind',
      sourceId: 't.source_id',
      sessionId: 't.session_id',
      period: 't.period',
      periodOfOrigin: 't.period_of_origin',
      reverses: 't.reverses',
      reason: 't.reason',
      number: 't.number',
    })
    .where('t.number', '>', after ?? '0')
    .orderBy('t.number')
    .limit(limit + 1)
  if (filter.period !== null) query.where('t.period', filter.period)
  const { account } = filter
  if (account !== null) {
    query.whereExists((entries) =>
      entries
        .from('ledger_entries as e')
        .whereRaw('e.transaction_id = t.transaction_id')
        .where('e.account', formatAccount(account)),
    )
  }
  const found: TransactionRow[] = await query
  const page = found.slice(0, limit)
  const entries = await entriesOf(
    knex,
    page.map((row) => row.transactionId),
  )
  const resume = page.at(-1)?.number ?? after
  return {
    rows: page.map(({ sourceKind, sourceId, ...row }) => ({
      ...row,
      source: { kind: sourceKind, id: sourceId },
      entries: entries.get(row.transactionId) ?? [],
    })),
    next: found.length > limit ? resume : null,
    resume,
  }
}

async function entriesOf(knex: Knex, transactionIds: readonly string[]): Promise<Map<string, LedgerEntry[]>> {
  const rows: (LedgerEntry & { transactionId: string })[] = await knex('ledger_entries')
    .select({
      transactionId: 'transaction_id',
      account: 'account',
      side: 'side',
      amountMinor: 'amount_minor',
      currency: 'currency',
    })
    .whereIn('transaction_id', [...transactionIds])
    .orderBy(['transaction_id', 'line'])
  const byTransaction = new Map<string, LedgerEntry[]>()
  for (const { transactionId, ...entry } of rows) {
    const list = byTransaction.get(transactionId) ?? []
    list.push(entry)
    byTransaction.set(transactionId, list)
  }
  return byTransaction
}

export interface AccountBalance {
  readonly account: string
  readonly currency: string
  /** Decimal text. */
  readonly debitMinor: string
  readonly creditMinor: string
}

/** Debits and credits of every account, separately by currency. */
export async function readTrialBalance(knex: Knex, period: Period | null): Promise<AccountBalance[]> {
  const { rows } = (await knex.raw(
    `select e.account, e.currency,
            coalesce(sum(e.amount_minor) filter (where e.side = 'debit'), 0)::text as "debitMinor",
            coalesce(sum(e.amount_minor) filter (where e.side = 'credit'), 0)::text as "creditMinor"
       from ledger_entries e join ledger_transactions t using (transaction_id)
      where :period::text is null or t.period = :period
      group by e.account, e.currency
      order by e.account collate "C", e.currency collate "C"`,
    { period },
  )) as { rows: AccountBalance[] }
  return rows
}
