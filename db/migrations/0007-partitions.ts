import type { Knex } from 'knex'

/**
 * Monthly partitions of the append-only tables. The application's role owns no tables, so it creates the coming months'
 * partitions with this function, which runs as the owner. A default partition takes rows without a monthly one.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create function ensure_partitions(months_ahead integer default 2) returns integer
    language plpgsql security definer set search_path = public as $$
    declare
      parent text;
      month date;
      made integer := 0;
    begin
      perform pg_advisory_xact_lock(7411001);
      foreach parent in array array['supply_log', 'session_events', 'postback_attempts'] loop
        for step in 0 .. least(months_ahead, 24) loop
          month := (date_trunc('month', now() at time zone 'UTC') + make_interval(months => step))::date;
          if to_regclass(format('%s_%s', parent, to_char(month, 'YYYYMM'))) is null then
            execute format('create table %I partition of %I for values from (%L) to (%L)',
              parent || '_' || to_char(month, 'YYYYMM'), parent,
              month::timestamp at time zone 'UTC', (month + interval '1 month')::timestamp at time zone 'UTC');
            made := made + 1;
          end if;
        end loop;
      end loop;
      return made;
    end $$;
    revoke all on function ensure_partitions(integer) from public;
    grant execute on function ensure_partitions(integer) to tributary_app;
    select ensure_partitions(2);
    create table supply_log_rest partition of supply_log default;
    create table session_events_rest partition of session_events default;
    create table postback_attempts_rest partition of postback_attempts default;`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop function ensure_partitions(integer)')
}
