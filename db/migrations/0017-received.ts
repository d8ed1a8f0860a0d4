import type { Knex } from 'knex'

/**
 * What a poll received, written down before anything was decided about it: a record of its own, so that a record which
 * is then lost between the page and the tables can be missed (invariants I2 and I2c). Of the last polls only.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table received_batches (
      connection text not null,
      poll_epoch bigint not null,
      batch integer not null,
      received_at timestamptz not null,
      -- every record of the batch, in the order of its coming: its key in the log or the quarantine, and its edition
      item_keys text[] not null,
      source_orders numeric[] not null,
      -- what became of them, as the stores counted
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
