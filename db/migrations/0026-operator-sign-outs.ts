import type { Knex } from 'knex'

/**
 * Revoked sign-ins of operators' browsers. A sign-in is a signed cookie without a row; the revocation is stored until
 * the cookie expires.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table operator_sign_outs (
      sign_in text primary key,
      -- when the cookie expires; the row is not needed afterwards
      ends_at timestamptz not null,
      signed_out_at timestamptz not null default now()
    );
    create index operator_sign_outs_end on operator_sign_outs (ends_at);
    grant select, insert, delete on operator_sign_outs to tributary_app;`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table operator_sign_outs')
}
