import type { Knex } from 'knex'

/**
 * Since when a respondent waits at the door for an entry that is still opening, by our own clock, and when their page
 * last asked. Before the first look, and once the entry is there, both say nothing.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table sessions add column waiting_since timestamptz, add column last_look_at timestamptz,
      add constraint a_wait_has_a_look check ((waiting_since is null) = (last_look_at is null))`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table sessions drop constraint a_wait_has_a_look, drop column waiting_since, drop column last_look_at`)
}
