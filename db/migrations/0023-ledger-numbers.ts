import type { Knex } from 'knex'

/**
 * The ledger's number, set once after the commit by the next reader, under a lock (decisions/0003). `posted` is
 * assigned while posting and orders a complete before its reversal; it does not replace the number, because a posting
 * that commits late has a low one. Only the number of a transaction can change, and only once.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table ledger_transactions
      add column posted bigint generated always as identity,
      add column number bigint constraint numbered_once unique;

    drop trigger ledger_is_append_only on ledger_transactions;
    create trigger ledger_is_append_only before delete on ledger_transactions
      for each row execute function ledger_is_append_only();
    create function ledger_number_is_given_once() returns trigger language plpgsql as $$
    declare was ledger_transactions := old;
    begin
      was.number := new.number;
      if old.number is null and new.number is not null and was is not distinct from new then return new; end if;
      raise exception 'the ledger is append only: post a reversal instead' using errcode = 'TR011';
    end $$;
    create trigger ledger_number_is_given_once before update on ledger_transactions
      for each row execute function ledger_number_is_given_once();
    grant update (number) on ledger_transactions to tributary_app;

    -- existing rows: a reversal comes after its complete, also where both have the same time
    update ledger_transactions t set number = n.number
      from (select transaction_id,
                   row_number() over (order by at, reverses is not null, posted) as number from ledger_transactions) n
     where n.transaction_id = t.transaction_id;

    create index ledger_unnumbered on ledger_transactions (posted) where number is null;
    drop index ledger_period;
    create index ledger_period on ledger_transactions (period, number);`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop index ledger_period;
    drop trigger ledger_number_is_given_once on ledger_transactions;
    drop function ledger_number_is_given_once();
    drop trigger ledger_is_append_only on ledger_transactions;
    create trigger ledger_is_append_only before update or delete on ledger_transactions
      for each row execute function ledger_is_append_only();
    revoke update (number) on ledger_transactions from tributary_app;
    alter table ledger_transactions drop column number, drop column posted;
    create index ledger_period on ledger_transactions (period, at, transaction_id);`)
}
