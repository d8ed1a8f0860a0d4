import type { Knex } from '../connect.js'

export interface SupplyLogEntry {
  /** The provider's survey id. */
  readonly itemKey: string
  readonly order: string
  readonly version: string
  readonly disposition: 'stored' | 'stale' | 'withdrawn' | 'quarantined'
}

/** Logs the disposition of each received edition, once each: a repeated page adds nothing. */
export async function logSupply(
  trx: Knex,
  writer: { connection: string; epoch: string; now: Date },
  entries: readonly SupplyLogEntry[],
): Promise<void> {
  if (entries.length === 0) return
  await trx.raw(
    `insert into supply_log (connection, item_key, source_order, source_version, disposition, poll_epoch, logged_at)
     select :connection, r.item_key, r.source_order, r.source_version, r.disposition, :epoch, :now
       from json_to_recordset(:entries::json)
         as r(item_key text, source_order numeric, source_version text, disposition text)
      where not exists (
        select from supply_log l
         where l.connection = :connection and l.item_key = r.item_key and l.source_order = r.source_order
           and l.source_version = r.source_version and l.disposition = r.disposition)`,
    {
      connection: writer.connection,
      epoch: writer.epoch,
      now: writer.now,
      entries: JSON.stringify(
        entries.map((entry) => ({
          item_key: entry.itemKey,
          source_order: entry.order,
          source_version: entry.version,
          disposition: entry.disposition,
        })),
      ),
    },
  )
}
