import { type Period, periodOf } from '../../domain/finance/period.js'
import type { PostingSource } from '../../domain/finance/posting-source.js'
import type { Knex } from '../connect.js'

/** One transaction, without its entries. */
export interface NewTransaction {
  readonly kind: 'complete' | 'reversal' | 'adjustment'
  readonly source: PostingSource
  /** Its session; null = none. A claim always has one. */
  readonly sessionId: string | null
  readonly reason: string
  /** The transaction that a reversal reverses. */
  readonly reverses: string | null
  /** The month of origin; null for a claim, whose month of arrival is used. */
  readonly origin: Period | null
  readonly at: Date
}

/**
 * Stores a transaction in the month of its posting or of its origin, whichever is later, or the next open one after
 * that.
 * @returns its id; null = its source already has a transaction of this kind
 */
export async function insertTransaction(trx: Knex, posting: NewTransaction): Promise<string | null> {
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
  return transaction?.transaction_id ?? null
}

/** The unreversed complete of a session; null = none. */
export async function findUnreversedComplete(trx: Knex, sessionId: string): Promise<string | null> {
  const row = await trx('ledger_transactions as t')
    .leftJoin('ledger_transactions as r', 'r.reverses', 't.transaction_id')
    .where({ 't.session_id': sessionId, 't.kind': 'complete' })
    .whereNull('r.transaction_id')
    .first('t.transaction_id')
  return row?.transaction_id ?? null
}
