import type { Knex } from 'knex'

/**
 * The state of accounting months; a month without a row is open. A posting holds the month's advisory lock in share
 * mode, a change of state in exclusive mode, so that no posting is in progress while a month closes
 * (docs/decisions/0020). At read committed the next statement sees what was committed while it waited for the lock;
 * other isolation levels do not, so they are refused. A closed month stores the count of its postings, which reveals a
 * later one.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table ledger_periods (
      period text primary key check (period ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
      state text not null check (state in ('open', 'hold', 'closed')),
      changed_at timestamptz not null,
      changed_by text not null check (length(changed_by) between 1 and 128),
      reason text,
      postings bigint,
      constraint closed_with_its_count check ((state = 'closed') = (postings is not null))
    );
    grant select, insert, update on ledger_periods to tributary_app;

    create function ledger_needs_read_committed() returns void language plpgsql as $$
    begin
      if current_setting('transaction_isolation') in ('repeatable read', 'serializable') then
        raise exception 'the ledger and its months are written at read committed only' using errcode = '0A000';
      end if;
    end $$;

    create function ledger_period_is_open(month text) returns boolean language plpgsql as $$
    begin
      perform pg_advisory_xact_lock_shared(7411028, replace(month, '-', '')::integer);
      return not exists (select 1 from ledger_periods where period = month and state <> 'open');
    end $$;

    create function ledger_open_period(earliest text) returns text language plpgsql as $$
    declare month text := earliest;
    begin
      while not ledger_period_is_open(month) loop
        month := to_char(to_date(month, 'YYYY-MM') + interval '1 month', 'YYYY-MM');
      end loop;
      return month;
    end $$;

    create function ledger_period_takes_posting() returns trigger language plpgsql as $$
    begin
      perform ledger_needs_read_committed();
      if not ledger_period_is_open(new.period) then
        raise exception 'the month % takes no postings', new.period
          using errcode = 'TR012', hint = 'Post into ledger_open_period(month): the next open one.';
      end if;
      return new;
    end $$;
    create trigger ledger_period_takes_posting before insert on ledger_transactions
      for each row execute function ledger_period_takes_posting();

    create function ledger_period_guard() returns trigger language plpgsql as $$
    begin
      if tg_op = 'DELETE' or (tg_op = 'UPDATE' and (old.state = 'closed' or new.period <> old.period)) then
        raise exception 'the month % stays as it is: post an adjustment into an open one', old.period
          using errcode = 'TR013';
      end if;
      perform ledger_needs_read_committed();
      perform pg_advisory_xact_lock(7411028, replace(new.period, '-', '')::integer);
      new.postings := null;
      if new.state = 'closed' then
        select count(*) into new.postings from ledger_transactions where period = new.period;
      end if;
      return new;
    end $$;
    create trigger ledger_period_guard before insert or update or delete on ledger_periods
      for each row execute function ledger_period_guard();`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop trigger ledger_period_takes_posting on ledger_transactions;
    drop table ledger_periods;
    drop function ledger_period_takes_posting();
    drop function ledger_period_guard();
    drop function ledger_open_period(text);
    drop function ledger_period_is_open(text);
    drop function ledger_needs_read_committed();`)
}
