import type { Knex } from 'knex'

/** The double-entry ledger: append only; every transaction must balance in every currency at its commit. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table ledger_transactions (
      transaction_id uuid primary key default gen_random_uuid(),
      kind text not null check (kind in ('complete', 'reversal', 'adjustment')),
      session_id uuid not null references sessions,
      claim_id uuid not null references outcome_claims,
      reverses uuid references ledger_transactions,
      reason text not null,
      period text not null check (period ~ '^[0-9]{4}-[0-9]{2}$'),
      at timestamptz not null default clock_timestamp(),
      constraint posted_once unique (claim_id, kind),
      constraint reversed_once unique (reverses),
      constraint reversal_is_linked check ((kind = 'reversal') = (reverses is not null))
    );
    create index ledger_session on ledger_transactions (session_id);
    create index ledger_period on ledger_transactions (period, at, transaction_id);

    create table ledger_entries (
      transaction_id uuid not null references ledger_transactions,
      line integer not null,
      account text not null,
      side text not null check (side in ('debit', 'credit')),
      amount_minor bigint not null check (amount_minor > 0),
      currency text not null check (currency ~ '^[A-Z]{3}$'),
      primary key (transaction_id, line)
    );
    create index ledger_account on ledger_entries (account);

    create function ledger_is_balanced() returns trigger language plpgsql as $$
    begin
      if exists (select 1 from ledger_entries where transaction_id = new.transaction_id group by currency
                 having sum(case side when 'debit' then amount_minor else -amount_minor end) <> 0) then
        raise exception 'ledger transaction % is not balanced', new.transaction_id using errcode = 'TR010';
      end if;
      return null;
    end $$;
    create constraint trigger ledger_is_balanced after insert on ledger_entries
      deferrable initially deferred for each row execute function ledger_is_balanced();

    create function ledger_is_append_only() returns trigger language plpgsql as $$
    begin
      raise exception 'the ledger is append only: post a reversal instead' using errcode = 'TR011';
    end $$;
    create trigger ledger_is_append_only before update or delete on ledger_entries
      for each row execute function ledger_is_append_only();
    create trigger ledger_is_append_only before update or delete on ledger_transactions
      for each row execute function ledger_is_append_only();`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop table ledger_entries; drop table ledger_transactions;
    drop function ledger_is_balanced(); drop function ledger_is_append_only()`)
}
