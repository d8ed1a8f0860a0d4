import type { Knex } from 'knex'

/** How far each panel has read the feed that we offer, and what it was told. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table feed_cursors (
      panel text primary key,
      -- what the panel acknowledged, or what was passed over since because nothing of it was for this panel
      acked_id bigint not null default 0 check (acked_id >= 0),
      -- the highest ack_id that the panel was ever given: a higher one is not acknowledged
      served_id bigint not null default 0 check (served_id >= 0),
      -- the connections that the panel could use: when one is new, it reads from the beginning
      scope text[] not null
    );

    -- which surveys a panel has: only of these does it hear that they are closed
    create table feed_deliveries (
      panel text not null,
      survey_id text not null,
      -- the ack_id with which it was told that the survey is closed; the row ends when that is acknowledged
      closed_revision bigint,
      primary key (panel, survey_id)
    );
    create index feed_deliveries_closed on feed_deliveries (panel, closed_revision) where closed_revision is not null;

    grant select, insert, update, delete on feed_cursors, feed_deliveries to tributary_app;`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table feed_deliveries; drop table feed_cursors')
}
