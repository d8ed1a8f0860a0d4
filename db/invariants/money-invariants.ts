import { ACCOUNT_PATTERN, accountPrefix, LONGEST_OWNER } from '../../domain/finance/account.js'
import type { Invariant } from './invariant.js'

/** SQL: true for lines on receivables. */
const IS_RECEIVABLE = `starts_with(e.account, '${accountPrefix('receivable')}')`

/** Invariants of the ledger (docs/money.md, "The ledger"). */
export const moneyInvariants: readonly Invariant[] = [
  {
    id: 'I19',
    promise: 'every ledger transaction balances in every currency',
    sql: 'select txn_id, currency, sum(amount_minor) from inv_entry group by 1, 2 having sum(amount_minor) <> 0',
  },
  {
    id: 'I19b',
    promise: 'no ledger transaction is without entries',
    sql: `select transaction_id from ledger_transactions t
           where not exists (select 1 from ledger_entries e where e.transaction_id = t.transaction_id)`,
  },
  {
    id: 'I20',
    promise: 'a session is paid at most once',
    sql: `select session_id from inv_entry where kind = 'accrual' and not reversed and side = 'receivable'
           group by 1 having count(*) > 1`,
  },
  {
    id: 'I20b',
    promise: 'a reversal mirrors what it reverses: same accounts, amounts and currencies',
    sql: `select r.transaction_id from ledger_transactions r
           where r.reverses is not null and exists (
             (select account, side, amount_minor, currency from ledger_entries where transaction_id = r.reverses
              except all
              select account, case side when 'debit' then 'credit' else 'debit' end, amount_minor, currency
                from ledger_entries where transaction_id = r.transaction_id)
             union all
             (select account, case side when 'debit' then 'credit' else 'debit' end, amount_minor, currency
                from ledger_entries where transaction_id = r.transaction_id
              except all
              select account, side, amount_minor, currency from ledger_entries where transaction_id = r.reverses))`,
  },
  {
    id: 'I20c',
    promise: 'in the order of the ledger a complete comes before what reverses it',
    sql: `select r.transaction_id, r.number, t.number as reversed_number
            from ledger_transactions r join ledger_transactions t on t.transaction_id = r.reverses
           where r.number < t.number or (r.number is not null and t.number is null)`,
  },
  {
    id: 'I25',
    promise: 'payable sessions and unreversed completes in the ledger are the same, at the locked price',
    sql: `with paid as (
            select t.session_id, sum(e.amount_minor) as amount, min(e.currency) as currency
              from ledger_transactions t join ledger_entries e using (transaction_id)
             where t.kind = 'complete' and ${IS_RECEIVABLE}
               and not exists (select 1 from ledger_transactions r where r.reverses = t.transaction_id)
             group by t.session_id)
          select coalesce(s.session_id, p.session_id) as session_id, s.payable, s.cpi_minor, p.amount
            from (select session_id, payable, cpi_minor, currency from sessions s
                   where payable and cpi_minor > 0 and not exists (
                     select 1 from outcome_claims c where c.session_id = s.session_id and c.applied_at is null)) s
            full join (select p.* from paid p where not exists (
                     select 1 from outcome_claims c where c.session_id = p.session_id and c.applied_at is null)) p
              on p.session_id = s.session_id
           where s.session_id is null or p.session_id is null or s.cpi_minor <> p.amount or s.currency <> p.currency`,
  },
  {
    id: 'I25b',
    promise:
      'a complete that is not payable has a reason: provisional, reversed, free of charge, over quota or in review',
    sql: `select session_id from sessions
           where outcome = 'COMPLETED' and not payable and not provisional and not needs_review and unpaid_reason is null`,
  },
  {
    id: 'I38',
    promise: 'a closed month keeps exactly the postings with which it closed',
    sql: `select p.period, p.changed_at as closed_at, p.postings, count(t.transaction_id) as found
            from ledger_periods p left join ledger_transactions t on t.period = p.period
           where p.state = 'closed'
           group by p.period having count(t.transaction_id) <> p.postings`,
  },
  {
    id: 'I39',
    promise: 'every posting has a source, and one from a claim is about the session of that claim',
    sql: `select t.transaction_id, t.source_kind, t.source_id, t.session_id
            from ledger_transactions t left join outcome_claims c on c.claim_id = t.claim_id
           where coalesce(t.source_id, '') = '' or t.source_kind is null
              or (t.source_kind = 'claim' and (c.claim_id is null or c.session_id is distinct from t.session_id))`,
  },
  {
    id: 'I40',
    promise: 'every account of the ledger is one that the product knows',
    sql: `select transaction_id, line, account from ledger_entries
           where account !~ '${ACCOUNT_PATTERN}' or length(split_part(account, ':', 2)) > ${LONGEST_OWNER}`,
  },
  {
    id: 'I37',
    promise: 'no stored amount has an unchecked currency scale',
    sql: `select s.session_id, s.connection, s.provider_session_id, s.cpi_minor, s.currency, s.payable, s.created_at
            from sessions s join currency_scales c on c.currency = s.currency
           where c.checked_at is null and s.created_at < c.since`,
  },
]
