import type { Knex } from '../../db/connect.js'
import { type LedgerTransaction, readLedger } from '../../db/read-models/ledger.js'
import { numberPostings } from '../../db/stores/ledger-numbers.js'
import type { Account } from '../../domain/finance/account.js'

/** Which postings: of a month (`2026-03`), of an account; null = all. */
export interface LedgerFilter {
  readonly period: string | null
  readonly account: Account | null
}

export interface LedgerPage {
  readonly rows: readonly LedgerTransaction[]
  /** Where the next page begins; null on the last. */
  readonly next: string | null
  /** Where a later reading goes on, also from the last page. */
  readonly resume: string | null
}

/**
 * A page of the ledger in the order of its running numbers. What was posted since the last reading gets its number first,
 * so that a reader that follows the numbers misses no posting.
 * @param after a `next` or `resume` of an earlier page; null = from the beginning
 * @param limit transactions at most
 */
export async function readNumberedLedger(
  knex: Knex,
  filter: LedgerFilter,
  after: string | null,
  limit: number,
): Promise<LedgerPage> {
  await numberPostings(knex)
  return readLedger(knex, filter, after, limit)
}
