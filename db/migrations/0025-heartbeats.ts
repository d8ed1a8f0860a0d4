import type { Knex } from 'knex'

/**
 * The last heartbeat of each worker, with its queues, and of the janitor. A frozen process cannot report that it is
 * frozen; its row becomes old.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table heartbeats (
      part text not null check (part in ('worker', 'janitor')),
      -- one process of it: host and process id
      process text not null,
      queues text[] not null default '{}',
      started_at timestamptz not null default clock_timestamp(),
      heard_at timestamptz not null,
      primary key (part, process)
    );
    grant select, insert, update, delete on heartbeats to tributary_app`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table heartbeats')
}
