import type { Knex } from '../../db/connect.js'
import { activeClosures } from '../../db/stores/closure-store.js'
import { recordGoodPoll } from '../../db/stores/connection-health-store.js'
import { type ConnectionRow, holdEpoch } from '../../db/stores/connection-store.js'
import type { Writer } from '../../db/stores/offered-survey.js'
import { storable } from '../../db/stores/quarantine-store.js'
import {
  forgetReceived,
  type ReceivedRecord,
  receivedUnreadable,
  recordReceived,
} from '../../db/stores/received-store.js'
import { withdrawAbsent } from '../../db/stores/survey-store.js'
import { type Closures, withClosures } from '../../domain/supply/closures.js'
import { failpoint } from '../../platform/failpoints.js'
import type { SupplyBatch } from '../../providers/adapter.js'
import { quarantine } from './quarantine-records.js'
import { storeChunk } from './store-chunk.js'
import { withdrawSurveys } from './withdraw-surveys.js'

/** Rows of one statement. */
const CHUNK = 500

/** The counts of one page. */
export interface PageCounts {
  readonly received: number
  /** Written with new content. */
  readonly stored: number
  readonly unchanged: number
  readonly stale: number
  readonly withdrawn: number
  readonly unreadable: number
}

export interface StoredPage {
  readonly counts: PageCounts
  /** The connection's row after the page. */
  readonly row: ConnectionRow
  /** The earliest next poll that the provider sent. */
  readonly notBefore: Date | null
}

export interface PageOptions {
  readonly writer: Writer
  /** The row before the attempt. */
  readonly before: ConnectionRow
  readonly batches: AsyncIterable<SupplyBatch>
  /** Whether to acknowledge the page to the provider once it is stored. */
  readonly acknowledges: boolean
  readonly nextPollAt: (notBefore: Date | null) => Date
  /** Called after every batch; sends the activity's heartbeat. */
  readonly onProgress: (counts: PageCounts) => void
}

/**
 * Stores a page as it streams in: surveys, quarantine and cursor in one transaction, all or nothing (docs/polling.md,
 * What one poll does). An interrupted page stores nothing. The epoch is checked last, under the row's lock: an attempt
 * with an older epoch stores nothing.
 * @throws what reading throws; StaleEpoch
 */
export async function storePage(knex: Knex, options: PageOptions): Promise<StoredPage> {
  const batches = options.batches[Symbol.asyncIterator]()
  // read the first batch before the transaction, so that none stays open while the provider prepares its answer
  const first = await batches.next()
  return knex.transaction(async (trx) => {
    const { writer, before } = options
    const page = new PageTally()
    const closures = await activeClosures(trx, writer.connection, writer.now)
    for (let item = first; !item.done; item = await batches.next()) {
      await storeBatch(trx, options, item.value, page, closures)
      options.onProgress(page.counts())
    }
    failpoint('poll.after_fetch')
    if (page.snapshot) page.withdrawn += await withdrawAbsent(trx, writer.connection, page.present)
    await forgetReceived(trx, writer)

    await holdEpoch(trx, writer.connection, writer.epoch)
    const receipt = page.receipt !== null && options.acknowledges ? page.receipt : null
    const owed = options.acknowledges && BigInt(receipt ?? 0) > BigInt(before.ackedId)
    const row = await recordGoodPoll(trx, writer.connection, {
      cursor: page.next === undefined ? before.cursor : page.next,
      receipt,
      healthy: !owed && BigInt(before.committedId) <= BigInt(before.ackedId),
      nextPollAt: options.nextPollAt(page.notBefore),
      now: writer.now,
    })
    failpoint('poll.in_txn')
    return { counts: page.counts(), row, notBefore: page.notBefore }
  })
}

async function storeBatch(
  trx: Knex,
  options: PageOptions,
  batch: SupplyBatch,
  page: PageTally,
  closures: Closures,
): Promise<void> {
  const { writer, before } = options
  const received = recordsOf(batch)
  let accepted = 0
  const offered = batch.changes
    .filter((change) => change.kind === 'offered')
    .map((change) => (closures.size === 0 ? change : { ...change, survey: withClosures(change.survey, closures) }))
  const withdrawn = batch.changes.filter((change) => change.kind === 'withdrawn')
  const unreadable = [...batch.unreadable]
  for (let at = 0; at < offered.length; at += CHUNK) {
    const chunk = await storeChunk(trx, writer, offered.slice(at, at + CHUNK))
    page.add(chunk)
    accepted += chunk.stored + chunk.unchanged + chunk.stale
    unreadable.push(...chunk.refused)
  }
  if (withdrawn.length > 0) page.withdrawn += await withdrawSurveys(trx, writer, withdrawn)
  for (let at = 0; at < unreadable.length; at += CHUNK) {
    await quarantine(trx, writer, unreadable.slice(at, at + CHUNK), before.ackedId)
  }
  accepted += withdrawn.length
  await recordReceived(trx, writer, page.batches, received, { accepted, quarantined: unreadable.length })
  page.see(batch, unreadable.length)
}

/** All records of a batch, in the order received. */
function recordsOf(batch: SupplyBatch): ReceivedRecord[] {
  return [
    ...batch.changes.map((change) => ({
      itemKey: storable(change.kind === 'offered' ? change.survey.providerSurveyId : change.providerSurveyId),
      order: change.order,
    })),
    ...batch.unreadable.map(receivedUnreadable),
  ]
}

class PageTally {
  private received = 0
  private stored = 0
  private unchanged = 0
  private stale = 0
  private unreadable = 0
  /** Stored batches. */
  batches = 0
  withdrawn = 0
  next: string | null | undefined
  receipt: string | null = null
  notBefore: Date | null = null
  snapshot = false
  /** The survey ids of the page, for a snapshot. */
  readonly present: string[] = []

  add(chunk: { stored: number; unchanged: number; stale: number }): void {
    this.stored += chunk.stored
    this.unchanged += chunk.unchanged
    this.stale += chunk.stale
  }

  see(batch: SupplyBatch, unreadable: number): void {
    this.batches += 1
    this.received += batch.changes.length + batch.unreadable.length
    this.unreadable += unreadable
    this.next = batch.next === undefined ? this.next : batch.next
    this.receipt = batch.receipt ?? this.receipt
    this.notBefore = batch.notBefore ?? this.notBefore
    this.snapshot = batch.snapshot ?? this.snapshot
    for (const id of batch.present ?? []) this.present.push(id)
    for (const change of batch.changes) {
      this.present.push(change.kind === 'offered' ? change.survey.providerSurveyId : change.providerSurveyId)
    }
    for (const record of batch.unreadable) {
      if (record.providerSurveyId !== null) this.present.push(record.providerSurveyId)
    }
  }

  counts(): PageCounts {
    const { received, stored, unchanged, stale, withdrawn, unreadable } = this
    return { received, stored, unchanged, stale, withdrawn, unreadable }
  }
}
