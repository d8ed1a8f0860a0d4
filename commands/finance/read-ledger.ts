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
  /** Cursor of the next page; null on the last page. */
  readonly next: string | null
  /** Cursor to continue a later read from, also after the last page. */
  readonly resume: string | null
}

/**
 * Reads a page of the ledger in the order of its numbers. Numbers new postings first, so that a reader that follows the
 * numbers misses none.
 * @param after a `next` or `resume` of an earlier page; null = from the beginning
 * @param limit the most transactions to return
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
