import type { Knex } from 'knex'

/**
 * A message's position in its schedule: attempts stored since the last redelivery request. Temporal's own count
 * includes attempts that were not stored because PostgreSQL was unavailable.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table postbacks add column round_attempts integer not null default 0;
    -- pending messages continue their schedule
    update postbacks set round_attempts = attempts where state = 'pending' and redeliveries = 0`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table postbacks drop column round_attempts')
}
