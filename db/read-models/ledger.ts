import type { Knex } from '../connect.js'
import { type Keyset, pageOf, stampText } from './keyset.js'

export interface LedgerEntry {
  readonly account: string
  readonly side: 'debit' | 'credit'
  /** Decimal text. */
  readonly amountMinor: string
  readonly currency: string
}

export interface LedgerTransaction {
  readonly transactionId: string
  readonly at: Date
  readonly kind: 'complete' | 'reversal' | 'adjustment'
  readonly sessionId: string
  readonly reverses: string | null
  readonly reason: string
  readonly entries: readonly LedgerEntry[]
}

interface TransactionRow extends Omit<LedgerTransaction, 'entries'> {
  readonly keysetAt: string
}

/**
 * The ledger's transactions in the order they were posted, each with all of its entries.
 * @param filter.account only transactions that touch it
 */
export async function readLedger(
  knex: Knex,
  filter: { readonly period: string | null; readonly account: string | null },
  after: Keyset | null,
  limit: number,
): Promise<{ rows: readonly LedgerTransaction[]; next: Keyset | null }> {
  const query = knex('ledger_transactions as t')
    .select({
      transactionId: 't.transaction_id',
      at: 't.at',
      kind: 't.kind',
      sessionId: 't.session_id',
      reverses: 't.reverses',
      reason: 't.reason',
      keysetAt: knex.raw(stampText('t.at')),
    })
    .orderBy(['t.at', 't.transaction_id'])
    .limit(limit + 1)
  if (filter.period !== null) query.where('t.period', filter.period)
  const { account } = filter
  if (account !== null) {
    query.whereExists((entries) =>
      entries.from('ledger_entries as e').whereRaw('e.transaction_id = t.transaction_id').where('e.account', account),
    )
  }
  if (after !== null) query.whereRaw('(t.at, t.transaction_id) > (?::timestamptz, ?::uuid)', [after.at, after.id])
  const found: TransactionRow[] = await query
  const page = pageOf(
    found.map((row) => ({ ...row, keyset: { at: row.keysetAt, id: row.transactionId } })),
    limit,
  )
  const entries = await entriesOf(
    knex,
    page.rows.map((row) => row.transactionId),
  )
  return {
    rows: page.rows.map((row) => ({
      transactionId: row.transactionId,
      at: row.at,
      kind: row.kind,
      sessionId: row.sessionId,
      reverses: row.reverses,
      reason: row.reason,
      entries: entries.get(row.transactionId) ?? [],
    })),
    next: page.next,
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

/** Debits and credits of every account in every currency by itself: no sum crosses currencies (design §6). */
export async function readTrialBalance(knex: Knex, period: string | null): Promise<AccountBalance[]> {
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
