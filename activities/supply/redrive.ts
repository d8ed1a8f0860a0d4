import { ApplicationFailure } from '@temporalio/activity'
import { findQuarantined, markRedriven, markStillBroken } from '../../db/stores/quarantine-store.js'
import { stampRevisions } from '../../db/stores/stamper.js'
import { storeChunk } from '../../db/stores/supply-store.js'
import { upstreamOf } from './attempt.js'
import type { SupplyDependencies } from './dependencies.js'

export interface RedriveResult {
  readonly quarantineId: string
  readonly state: 'open' | 'healed' | 'redriven'
  /** Why it still cannot be read. */
  readonly reason: string | null
}

const NO_RECORD = { reason: 'holds no record' }

/** Reads a quarantined record again, after the adapter was mended, and stores it if it can be read now. */
export async function redrive(deps: SupplyDependencies, quarantineId: string): Promise<RedriveResult> {
  const entry = await findQuarantined(deps.knex, quarantineId)
  if (entry === null) {
    throw ApplicationFailure.nonRetryable(`no quarantined record ${quarantineId}`, 'QuarantineEntryGone')
  }
  if (entry.state !== 'open') return { quarantineId, state: entry.state, reason: null }
  const upstream = upstreamOf(deps, entry.connection)
  const { adapter, config } = upstream
  const record = adapter.feed?.readRecord(config, entry.raw, entry.sourceOrder ?? '0') ?? NO_RECORD
  const now = deps.clock()
  const reason = await deps.knex.transaction(async (trx) => {
    // takes turns with a poll of the same connection
    const held = await trx('connections')
      .where({ connection: entry.connection })
      .forUpdate()
      .first({ epoch: 'poll_epoch' })
    const writer = {
      connection: entry.connection,
      provider: adapter.name,
      epoch: String(held?.epoch ?? 0),
      now,
    }
    const offered = 'kind' in record && record.kind === 'offered' ? [record] : []
    const { refused } = await storeChunk(trx, writer, offered)
    const unread = 'kind' in record ? null : record.reason
    const fault = unread ?? refused[0]?.reason ?? (offered.length === 0 ? NO_RECORD.reason : null)
    if (fault === null) await markRedriven(trx, quarantineId)
    else await markStillBroken(trx, quarantineId, fault, now)
    return fault
  })
  await stampRevisions(deps.knex)
  return { quarantineId, state: reason === null ? 'redriven' : 'open', reason }
}
