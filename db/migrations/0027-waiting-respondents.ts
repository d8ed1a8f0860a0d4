import type { Knex } from 'knex'

/**
 * Since when a respondent waits for an entry that is still opening, by our clock, and when their page last polled. Both
 * are null before the first poll and unused once the entry is open.
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
