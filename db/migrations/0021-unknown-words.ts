import type { Knex } from 'knex'

/** How often authentic arrivals came with an outcome word that no table holds: the next one is seen the day it comes. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table unknown_outcome_words (
      connection text not null,
      route text not null check (route in ('return', 'postback')),
      -- as it came where it looks like a code; at most a hundred distinct ones a connection, the rest is (other)
      word text not null check (length(word) <= 64),
      arrivals bigint not null,
      first_seen_at timestamptz not null,
      last_seen_at timestamptz not null,
      primary key (connection, route, word)
    );
    grant select, insert, update on unknown_outcome_words to tributary_app`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table unknown_outcome_words')
}
