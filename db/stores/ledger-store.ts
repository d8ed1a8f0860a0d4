import { formatAccount, parseAccount } from '../../domain/finance/account.js'
import { completeEntries, type Entry, reversalEntries } from '../../domain/finance/ledger.js'
import { type Period, periodOf } from '../../domain/finance/period.js'
import type { PostingSource } from '../../domain/finance/posting-source.js'
import { money } from '../../domain/money.js'
import type { Knex } from '../connect.js'
import { priceOf, type SessionRow } from '../rows/session-row.js'

/** One transaction to post. */
export interface Posting {
  readonly kind: 'complete' | 'reversal' | 'adjustment'
  readonly source: PostingSource
  /** The session that it is about; null where it is about none. A claim is always about one. */
  readonly sessionId: string | null
  readonly reason: string
  /** The transaction that a reversal takes back. */
  readonly reverses: string | null
  /** None = nothing is posted. */
  readonly entries: readonly Entry[]
  /** The month in which the news happened; null for a claim: the one in which it arrived. */
  readonly origin: Period | null
  readonly at: Date
}

/** Posts a payable complete at its locked price. Safe to repeat: a claim is posted once. */
export async function postComplete(
  trx: Knex,
  row: SessionRow,
  claimId: string,
  reason: string,
  now: Date,
): Promise<void> {
  const price = priceOf(row)
  if (price === null) throw new Error(`session ${row.session_id} is payable without a price`)
  await post(trx, {
    kind: 'complete',
    source: { kind: 'claim', id: claimId },
    sessionId: row.session_id,
    reason,
    reverses: null,
    entries: completeEntries({
      connection: row.connection,
      panel: row.panel,
      price,
      shareMinor: BigInt(row.share_minor ?? 0),
    }),
    origin: null,
    at: now,
  })
}

/** Posts the compensation of a session's complete that is not reversed yet; nothing when it was never posted. */
export async function postReversal(
  trx: Knex,
  sessionId: string,
  claimId: string,
  reason: string,
  now: Date,
): Promise<void> {
  const original = await trx('ledger_transactions as t')
    .leftJoin('ledger_transactions as r', 'r.reverses', 't.transaction_id')
    .where({ 't.session_id': sessionId, 't.kind': 'complete' })
    .whereNull('r.transaction_id')
    .first('t.transaction_id')
  if (original === undefined) return
  await post(trx, {
    kind: 'reversal',
    source: { kind: 'claim', id: claimId },
    sessionId,
    reason,
    reverses: original.transaction_id,
    entries: reversalEntries(await entriesOf(trx, original.transaction_id)),
    origin: null,
    at: now,
  })
}

/**
 * Posts a transaction into the month of its posting or of its news, whichever is later, or the next open one after that
 * (docs/money.md, "Months"). Safe to repeat: a source has one transaction of each kind.
 * @throws RangeError for an account whose owner is not spelled as an id of the configuration
 */
export async function post(trx: Knex, posting: Posting): Promise<void> {
  if (posting.entries.length === 0) return
  const { source, origin } = posting
  const claimId = source.kind === 'claim' ? source.id : null
  const happened =
    origin === null
      ? trx.raw(`(select to_char(received_at at time zone 'UTC', 'YYYY-MM') from outcome_claims where claim_id = ?)`, [
          claimId,
        ])
      : trx.raw('?::text', [origin])
  const [transaction] = await trx('ledger_transactions')
    .insert({
      kind: posting.kind,
      source_kind: source.kind,
      source_id: source.id,
      session_id: posting.sessionId,
      claim_id: claimId,
      reverses: posting.reverses,
      reason: posting.reason,
      period: trx.raw('ledger_open_period(greatest(?::text collate "C", ?))', [periodOf(posting.at), happened]),
      period_of_origin: happened,
      at: posting.at,
    })
    .onConflict(['source_kind', 'source_id', 'kind'])
    .ignore()
    .returning('transaction_id')
  if (transaction === undefined) return
  await trx('ledger_entries').insert(
    posting.entries.map((entry, index) => ({
      transaction_id: transaction.transaction_id,
      line: index + 1,
      account: formatAccount(entry.account),
      side: entry.side,
      amount_minor: entry.amount.amountMinor.toString(),
      currency: entry.amount.currency,
    })),
  )
}

async function entriesOf(trx: Knex, transactionId: string): Promise<Entry[]> {
  const lines: { account: string; side: Entry['side']; amount_minor: string; currency: string }[] = await trx(
    'ledger_entries',
  )
    .where({ transaction_id: transactionId })
    .orderBy('line')
  return lines.map((line) => {
    const account = parseAccount(line.account)
    if (account === null) throw new Error(`ledger transaction ${transactionId} has no account ${line.account}`)
    return { account, side: line.side, amount: money(BigInt(line.amount_minor), line.currency) }
  })
}
