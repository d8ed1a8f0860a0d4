import type { Knex } from '../connect.js'
import type { Writer } from './offered-survey.js'
import { quarantineKey, type UnreadableRecord } from './quarantine-store.js'

/** The number of polls to keep per connection, for the invariants. */
const POLLS = 64

/** One record as received, before it is processed. */
export interface ReceivedRecord {
  readonly itemKey: string
  /** Null = an unreadable record without an order. */
  readonly order: string | null
}

/** An unreadable record with the key of its quarantine entry. */
export function receivedUnreadable(record: UnreadableRecord): ReceivedRecord {
  return { itemKey: quarantineKey(record), order: record.order }
}

/**
 * Stores the records of a batch and the counts of their results, in the batch's transaction. The records are listed
 * before processing and the counts come from the stores, so that the invariants I2 and I2c can compare them.
 * @param batch its index within the poll, from 0
 */
export async function recordReceived(
  trx: Knex,
  writer: Writer,
  batch: number,
  records: readonly ReceivedRecord[],
  became: { readonly accepted: number; readonly quarantined: number },
): Promise<void> {
  if (records.length === 0 && became.accepted === 0 && became.quarantined === 0) return
  await trx.raw(
    `insert into received_batches (connection, poll_epoch, batch, received_at, item_keys, source_orders, accepted,
       quarantined)
     values (:connection, :epoch, :batch, :now, :keys::text[], :orders::numeric[], :accepted, :quarantined)
     -- epochs repeat after the connection's row was deleted by hand
     on conflict (connection, poll_epoch, batch) do update set received_at = excluded.received_at,
       item_keys = excluded.item_keys, source_orders = excluded.source_orders, accepted = excluded.accepted,
       quarantined = excluded.quarantined`,
    {
      connection: writer.connection,
      epoch: writer.epoch,
      batch,
      now: writer.now,
      keys: records.map(({ itemKey }) => itemKey),
      orders: records.map(({ order }) => order),
      accepted: became.accepted,
      quarantined: became.quarantined,
    },
  )
}

/** Deletes all except the last polls of one connection. */
export async function forgetReceived(trx: Knex, writer: Pick<Writer, 'connection' | 'epoch'>): Promise<void> {
  await trx('received_batches')
    .where({ connection: writer.connection })
    .where('poll_epoch', '<=', trx.raw('?::bigint - ?', [writer.epoch, POLLS]))
    .delete()
}
