import type { Knex } from 'knex'

/**
 * Two roles without a login. `tributary_app` is what every process becomes after connecting: it owns nothing, so that
 * row-level security holds for it. `tributary_panel` is what a panel's request becomes: it sees that panel's rows only.
 * Roles belong to the whole cluster: another database may have made them already, or an administrator, where the
 * migrating role may not make any.
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
