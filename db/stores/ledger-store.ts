import { completeEntries, type Entry, periodOf, reversalEntries } from '../../domain/ledger.js'
import { money } from '../../domain/money.js'
import type { Knex } from '../connect.js'
import { priceOf, type SessionRow } from '../rows/session-row.js'

interface Posting {
  readonly kind: 'complete' | 'reversal'
  readonly sessionId: string
  readonly claimId: string
  readonly reason: string
  readonly reverses: string | null
  readonly entries: readonly Entry[]
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
    sessionId: row.session_id,
    claimId,
    reason,
    reverses: null,
    entries: completeEntries({
      connection: row.connection,
      panel: row.panel,
      price,
      shareMinor: BigInt(row.share_minor ?? 0),
    }),
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
  const lines = await trx('ledger_entries').where({ transaction_id: original.transaction_id }).orderBy('line')
  const entries = lines.map((line) => ({
    account: line.account as string,
    side: line.side as Entry['side'],
    amount: money(BigInt(line.amount_minor), line.currency),
  }))
  await post(trx, {
    kind: 'reversal',
    sessionId,
    claimId,
    reason,
    reverses: original.transaction_id,
    entries: reversalEntries(entries),
    at: now,
  })
}

async function post(trx: Knex, posting: Posting): Promise<void> {
  if (posting.entries.length === 0) return
  const [transaction] = await trx('ledger_transactions')
    .insert({
      kind: posting.kind,
      session_id: posting.sessionId,
      claim_id: posting.claimId,
      reverses: posting.reverses,
      reason: posting.reason,
      period: periodOf(posting.at),
      at: posting.at,
    })
    .onConflict(['claim_id', 'kind'])
    .ignore()
    .returning('transaction_id')
  if (transaction === undefined) return
  await trx('ledger_entries').insert(
    posting.entries.map((entry, index) => ({
      transaction_id: transaction.transaction_id,
      line: index + 1,
      account: entry.account,
      side: entry.side,
      amount_minor: entry.amount.amountMinor.toString(),
      currency: entry.amount.currency,
    })),
  )
}
