import type { Knex } from 'knex'

/** Counts authentic arrivals with an outcome word that no table has, so that operators see new words. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table unknown_outcome_words (
      connection text not null,
      route text not null check (route in ('return', 'postback')),
      -- as received where it looks like a code; at most 100 distinct words per connection, the rest is (other)
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
