import type { Knex } from '../../db/connect.js'
import { priceOf, type SessionRow } from '../../db/rows/session-row.js'
import { findEntries, insertEntries } from '../../db/stores/ledger-entry-store.js'
import {
  findUnreversedComplete,
  insertTransaction,
  type NewTransaction,
} from '../../db/stores/ledger-transaction-store.js'
import { completeEntries, type Entry, reversalEntries } from '../../domain/finance/ledger.js'

/** One transaction to post. */
export interface Posting extends NewTransaction {
  /** None = nothing is posted. */
  readonly entries: readonly Entry[]
}

/** Posts a payable complete at its locked price. Idempotent: a claim is posted once. */
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

/** Posts the reversal of a session's complete that is not reversed yet; posts nothing when there is none. */
export async function postReversal(
  trx: Knex,
  sessionId: string,
  claimId: string,
  reason: string,
  now: Date,
): Promise<void> {
  const original = await findUnreversedComplete(trx, sessionId)
  if (original === null) return
  await post(trx, {
    kind: 'reversal',
    source: { kind: 'claim', id: claimId },
    sessionId,
    reason,
    reverses: original,
    entries: reversalEntries(await findEntries(trx, original)),
    origin: null,
    at: now,
  })
}

/**
 * Posts a transaction into the month of its posting or of its origin, whichever is later, or the next open one after
 * that (docs/money.md, "Months"). Idempotent: a source has at most one transaction of each kind.
 * @throws RangeError for an account whose owner is not a valid id of the configuration
 */
export async function post(trx: Knex, posting: Posting): Promise<void> {
  if (posting.entries.length === 0) return
  const transactionId = await insertTransaction(trx, posting)
  if (transactionId !== null) await insertEntries(trx, transactionId, posting.entries)
}
