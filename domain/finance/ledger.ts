import { type Money, money } from '../money.js'
import { type Account, panelAccount, receivable } from './account.js'

/** One line of a ledger transaction. Amounts are positive; the side says the direction. */
export interface Entry {
  readonly account: Account
  readonly side: 'debit' | 'credit'
  readonly amount: Money
}

/** The inputs of the posting of one payable complete. */
export interface CompletePosting {
  readonly connection: string
  readonly panel: string
  /** The session's locked price. */
  readonly price: Money
  /** The panelist's share of the price in minor units of the same currency. */
  readonly shareMinor: bigint
}

/**
 * The entries of a payable complete (docs/money.md, "The ledger"): the provider owes us the locked price, which is the
 * panel's revenue; the panelist's share of it is the panel's expense, payable. Omits lines with amount 0; gross amounts
 * are not netted.
 */
export function completeEntries(posting: CompletePosting): Entry[] {
  const share = money(posting.shareMinor, posting.price.currency)
  const lines: Entry[] = [
    { account: receivable(posting.connection), side: 'debit', amount: posting.price },
    { account: panelAccount('revenue', posting.panel), side: 'credit', amount: posting.price },
    { account: panelAccount('reward_expense', posting.panel), side: 'debit', amount: share },
    { account: panelAccount('payable', posting.panel), side: 'credit', amount: share },
  ]
  return lines.filter((line) => line.amount.amountMinor > 0n)
}

/** The compensating entries: the same accounts, amounts and currencies with their sides swapped. */
export function reversalEntries(entries: readonly Entry[]): Entry[] {
  return entries.map((entry) => ({ ...entry, side: entry.side === 'debit' ? 'credit' : 'debit' }))
}

/** True when debits equal credits in each currency. */
export function isBalanced(entries: readonly Entry[]): boolean {
  const sums = new Map<string, bigint>()
  for (const { side, amount } of entries) {
    const signed = side === 'debit' ? amount.amountMinor : -amount.amountMinor
    sums.set(amount.currency, (sums.get(amount.currency) ?? 0n) + signed)
  }
  return [...sums.values()].every((sum) => sum === 0n)
}
