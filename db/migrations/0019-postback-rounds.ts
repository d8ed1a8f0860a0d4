import type { Knex } from 'knex'

/**
 * Where a message stands on its schedule: attempts written down since it was last asked for. Temporal's own count also
 * has the attempts that never came to anything because PostgreSQL was away.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table postbacks add column round_attempts integer not null default 0;
    -- what is under way goes on where it stands
    update postbacks set round_attempts = attempts where state = 'pending' and redeliveries = 0`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table postbacks drop column round_attempts')
}
