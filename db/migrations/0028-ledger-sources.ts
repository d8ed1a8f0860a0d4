import type { Knex } from 'knex'

/**
 * A posting has a source, of which a claim is one kind, and stores its month of origin; the check on accounts is a copy
 * of `ACCOUNT_PATTERN` (docs/decisions/0020). Existing rows get their claim and their own month. Generated columns fill
 * them in one rewrite of the table, without a trigger per row, and then become ordinary columns.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table ledger_transactions
      add column source_kind text not null default 'claim',
      add column source_id text generated always as (claim_id::text) stored,
      add column period_of_origin text generated always as (period) stored;
    alter table ledger_transactions
      alter column source_kind drop default,
      alter column source_id drop expression,
      alter column source_id set not null,
      alter column period_of_origin drop expression,
      alter column period_of_origin set not null,
      alter column session_id drop not null,
      alter column claim_id drop not null,
      drop constraint posted_once,
      add constraint posted_once unique (source_kind, source_id, kind),
      add constraint source_is_known check (source_kind in ('claim', 'statement_line', 'period', 'manual')),
      add constraint source_has_an_id check (length(source_id) between 1 and 128),
      add constraint claim_is_the_source check (
        (source_kind = 'claim') = (claim_id is not null) and (claim_id is null or source_id = claim_id::text)),
      add constraint session_is_there check (session_id is not null or (source_kind <> 'claim' and kind <> 'complete')),
      add constraint origin_is_a_month check (period_of_origin ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
      add constraint origin_is_not_later check (period_of_origin collate "C" <= period collate "C");

    alter table ledger_entries add constraint account_is_known
      check (account ~ '^(receivable|revenue|reward_expense|payable):[A-Za-z0-9][A-Za-z0-9._-]*$'
        and length(split_part(account, ':', 2)) <= 64);`)
}

/** Fails, instead of losing data, when a posting has a source other than a claim. */
export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table ledger_entries drop constraint account_is_known;
    alter table ledger_transactions
      alter column claim_id set not null,
      alter column session_id set not null,
      drop constraint posted_once,
      drop constraint claim_is_the_source,
      drop constraint session_is_there,
      drop constraint origin_is_not_later,
      drop column source_kind,
      drop column source_id,
      drop column period_of_origin,
      add constraint posted_once unique (claim_id, kind);`)
}
