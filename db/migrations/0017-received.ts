import type { Knex } from 'knex'

/**
 * The records that a poll received, stored before they are processed, so that the invariants I2 and I2c detect a record
 * that is lost between the page and the tables. Keeps only the last polls.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table received_batches (
      connection text not null,
      poll_epoch bigint not null,
      batch integer not null,
      received_at timestamptz not null,
      -- every record of the batch, in the order received: its key in the log or the quarantine, and its edition
      item_keys text[] not null,
      source_orders numeric[] not null,
      -- the results, as counted by the stores
      accepted integer not null,
      quarantined integer not null,
      primary key (connection, poll_epoch, batch),
      constraint received_pairs check (cardinality(item_keys) = cardinality(source_orders))
    );
    create or replace view inv_received as
      select b.connection as feed_id, i.source_order as ack_id, i.item_key
        from received_batches b, unnest(b.item_keys, b.source_orders) as i(item_key, source_order);
    grant select, insert, update, delete on received_batches to tributary_app;`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    create or replace view inv_received as
      select feed_id, ack_id, item_key from inv_catalogue_log
      union select feed_id, ack_id, item_key from inv_quarantine where ack_id is not null;
    drop table received_batches`)
}
