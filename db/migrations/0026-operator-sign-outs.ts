import type { Knex } from 'knex'

/**
 * Sign-ins of operators' browsers that were ended before their time. A sign-in is a signed cookie and has no row; what is
 * kept is that it ended, until it would have ended by itself.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table operator_sign_outs (
      sign_in text primary key,
      -- the end of the cookie: the row is of no use after it
      ends_at timestamptz not null,
      signed_out_at timestamptz not null default now()
    );
    create index operator_sign_outs_end on operator_sign_outs (ends_at);
    grant select, insert, delete on operator_sign_outs to tributary_app;`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table operator_sign_outs')
}
