import type { Knex } from 'knex'

/** The application's privileges, and row-level security: a panel's request sees its own rows only. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    grant select, insert, update, delete on all tables in schema public to tributary_app;
    grant usage, select on all sequences in schema public to tributary_app;
    revoke update, delete on ledger_entries, ledger_transactions, session_outcomes, session_adjustments from tributary_app;
    revoke all on knex_migrations, knex_migrations_lock from tributary_app;
    grant select on knex_migrations to tributary_app;

    grant select on sessions, postbacks, panelists to tributary_panel;
    grant insert, update, delete on panelists to tributary_panel;`)
  for (const table of ['sessions', 'postbacks', 'panelists']) {
    await knex.raw(`
      alter table ${table} enable row level security;
      alter table ${table} force row level security;
      create policy application on ${table} to tributary_app using (true) with check (true);
      create policy one_panel on ${table} to tributary_panel
        using (panel = nullif(current_setting('tributary.panel', true), ''))
        with check (panel = nullif(current_setting('tributary.panel', true), ''));`)
  }
}

export async function down(knex: Knex): Promise<void> {
  for (const table of ['sessions', 'postbacks', 'panelists']) {
    await knex.raw(`
      drop policy application on ${table}; drop policy one_panel on ${table};
      alter table ${table} no force row level security; alter table ${table} disable row level security;`)
  }
  await knex.raw(`
    revoke all on all tables in schema public from tributary_app, tributary_panel;
    revoke all on all sequences in schema public from tributary_app`)
}
