import { formatAccount, parseAccount } from '../../domain/finance/account.js'
import type { Entry } from '../../domain/finance/ledger.js'
import { money } from '../../domain/money.js'
import type { Knex } from '../connect.js'

/** Stores the entries of a transaction. @throws RangeError for an account whose owner is not a valid id */
export async function insertEntries(trx: Knex, transactionId: string, entries: readonly Entry[]): Promise<void> {
  await trx('ledger_entries').insert(
    entries.map((entry, index) => ({
      transaction_id: transactionId,
      line: index + 1,
      account: formatAccount(entry.account),
      side: entry.side,
      amount_minor: entry.amount.amountMinor.toString(),
      currency: entry.amount.currency,
    })),
  )
}

/** The entries of a transaction, in the order of its lines. */
export async function findEntries(trx: Knex, transactionId: string): Promise<Entry[]> {
  const lines: { account: string; side: Entry['side']; amount_minor: string; currency: string }[] = await trx(
    'ledger_entries',
  )
    .where({ transaction_id: transactionId })
    .orderBy('line')
  return lines.map((line) => {
    const account = parseAccount(line.account)
    if (account === null) throw new Error(`ledger transaction ${transactionId} has an unknown account ${line.account}`)
    return { account, side: line.side, amount: money(BigInt(line.amount_minor), line.currency) }
  })
}
