import type { Knex } from 'knex'

/**
 * Two roles without a login. Every process switches to `tributary_app` after connecting; it owns no tables, so that
 * row-level security applies to it. A panel's request switches to `tributary_panel`, which sees that panel's rows only.
 * Roles belong to the cluster: another database or an administrator may have created them already.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    do $$
    declare role_name text;
    begin
      foreach role_name in array array['tributary_app', 'tributary_panel'] loop
        if not exists (select 1 from pg_roles where rolname = role_name) then
          begin
            execute format('create role %I nologin', role_name);
          exception when duplicate_object or unique_violation then null;
          end;
        end if;
        if not pg_has_role(current_user, role_name, 'member') then
          execute format('grant %I to current_user', role_name);
        end if;
        execute format('grant usage on schema public to %I', role_name);
      end loop;
    end $$`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('revoke usage on schema public from tributary_app, tributary_panel')
}
