import type { RequestHandler } from 'express'
import { readNumberedLedger } from '../../commands/finance/read-ledger.js'
import { readTrialBalance } from '../../db/read-models/ledger.js'
import type { ApiDependencies } from '../dependencies.js'
import { parse } from '../http/validate.js'
import {
  type LedgerAnswer,
  LedgerQuery,
  ledgerCursorOf,
  type TrialBalanceAnswer,
  TrialBalanceQuery,
} from './schemas.js'

/** `GET /v1/finance/ledger`: transactions with their entries, as they were posted. */
export function ledger(deps: ApiDependencies): RequestHandler {
  return async (request, response) => {
    const query = parse(LedgerQuery, request.query)
    const filter = { period: query.period ?? null, account: query.account ?? null }
    const { rows, next, resume } = await readNumberedLedger(deps.knex, filter, query.cursor ?? null, query.limit)
    const answer: LedgerAnswer = {
      transactions: rows.map((transaction) => ({
        transaction_id: transaction.transactionId,
        at: transaction.at.toISOString(),
        kind: transaction.kind,
        session_id: transaction.sessionId,
        source: transaction.source,
        period: transaction.period,
        period_of_origin: transaction.periodOfOrigin,
        reverses: transaction.reverses,
        reason: transaction.reason,
        entries: transaction.entries.map((entry) => ({
          account: entry.account,
          side: entry.side,
          amount_minor: exactNumber(entry.amountMinor),
          currency: entry.currency,
        })),
      })),
      next_cursor: ledgerCursorOf(next),
      resume_cursor: ledgerCursorOf(resume),
    }
    response.json(answer)
  }
}

/** `GET /v1/finance/trial-balance`: debits and credits of every account, currency by currency. */
export function trialBalance(deps: ApiDependencies): RequestHandler {
  return async (request, response) => {
    const query = parse(TrialBalanceQuery, request.query)
    const balances = await readTrialBalance(deps.knex, query.period ?? null)
    const answer: TrialBalanceAnswer = {
      accounts: balances.map((balance) => ({
        account: balance.account,
        currency: balance.currency,
        debit_minor: exactNumber(balance.debitMinor),
        credit_minor: exactNumber(balance.creditMinor),
      })),
    }
    response.json(answer)
  }
}

/** An amount as a JSON number. @throws RangeError when the number would be rounded */
function exactNumber(minor: string): number {
  const value = Number(minor)
  if (!Number.isSafeInteger(value)) throw new RangeError(`${minor} minor units do not fit a JSON number`)
  return value
}
