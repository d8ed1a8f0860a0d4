import type { Knex } from '../connect.js'
import type { Writer } from './offered-survey.js'
import { quarantineKey, type UnreadableRecord } from './quarantine-store.js'

/** So many polls of a connection are kept; the invariants look back no further. */
const POLLS = 64

/** One record as it came: nothing has been decided about it yet. */
export interface ReceivedRecord {
  readonly itemKey: string
  /** Null = an unreadable record that does not say. */
  readonly order: string | null
}

/** Under which key an unreadable record is found again. */
export function receivedUnreadable(record: UnreadableRecord): ReceivedRecord {
  return { itemKey: quarantineKey(record), order: record.order }
}

/**
 * Writes down what a batch held and what became of it, in the transaction that stores it. The records are the caller's
 * list from before the sorting; the numbers are what the stores then said: the invariants I2 and I2c compare.
 * @param batch its place within the poll, from 0
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
     -- a connection whose row was deleted by hand counts its epochs from the beginning
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

/** Forgets the polls before the last few, of one connection: nobody else writes its rows. */
export async function forgetReceived(trx: Knex, writer: Pick<Writer, 'connection' | 'epoch'>): Promise<void> {
  await trx('received_batches')
    .where({ connection: writer.connection })
    .where('poll_epoch', '<=', trx.raw('?::bigint - ?', [writer.epoch, POLLS]))
    .delete()
}
