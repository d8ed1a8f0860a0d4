import type { Knex } from 'knex'

/** Each panel's cursor in our feed, and the surveys it has received. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table feed_cursors (
      panel text primary key,
      -- the acknowledged revision, or a later one up to which no change was for this panel
      acked_id bigint not null default 0 check (acked_id >= 0),
      -- the highest ack_id sent to the panel; acknowledging a higher one is refused
      served_id bigint not null default 0 check (served_id >= 0),
      -- the connections that the panel could use; with a new one it reads from the beginning
      scope text[] not null
    );

    -- the surveys that a panel has received: only their closures are sent to it
    create table feed_deliveries (
      panel text not null,
      survey_id text not null,
      -- the ack_id that reported the survey as closed; the row is deleted when it is acknowledged
      closed_revision bigint,
      primary key (panel, survey_id)
    );
    create index feed_deliveries_closed on feed_deliveries (panel, closed_revision) where closed_revision is not null;

    grant select, insert, update, delete on feed_cursors, feed_deliveries to tributary_app;`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table feed_deliveries; drop table feed_cursors')
}
