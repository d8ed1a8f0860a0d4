import type { Knex } from 'knex'

/** Read-only views with the names that an outside reviewer's SQL expects (docs/invariants.md). */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create view inv_cursor as select connection as feed_id, acked_id, committed_id from connections;
    create view inv_catalogue_log as
      select connection as feed_id, source_order as ack_id, item_key, source_version as version, disposition from supply_log;
    create view inv_quarantine as
      select connection as feed_id, source_order as ack_id, item_key, state from quarantine;
    create view inv_received as
      select feed_id, ack_id, item_key from inv_catalogue_log
      union select feed_id, ack_id, item_key from inv_quarantine where ack_id is not null;
    create view inv_session as
      select session_id, panel as tenant, state,
             coalesce(entered_at + completion_ttl, entry_deadline) as deadline_at, interval '2 minutes' as grace
        from sessions;
    create view inv_outcome as select session_id, outcome, grade, provisional, payable from session_outcomes;
    create view inv_entry as
      select e.transaction_id as txn_id, t.session_id, split_part(e.account, ':', 1) as side, e.currency,
             case e.side when 'debit' then e.amount_minor else -e.amount_minor end as amount_minor,
             case t.kind when 'complete' then 'accrual' else t.kind end as kind,
             exists (select 1 from ledger_transactions r where r.reverses = t.transaction_id) as reversed
        from ledger_entries e join ledger_transactions t using (transaction_id);
    grant select on inv_cursor, inv_catalogue_log, inv_quarantine, inv_received, inv_session, inv_outcome, inv_entry
      to tributary_app;`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop view inv_entry; drop view inv_outcome; drop view inv_session; drop view inv_received; drop view inv_quarantine;
    drop view inv_catalogue_log; drop view inv_cursor`)
}
