import { ApplicationFailure } from '@temporalio/activity'
import { storeRedriven } from '../../commands/supply/redrive.js'
import { findQuarantined } from '../../db/read-models/quarantined-record.js'
import { upstreamOf } from './attempt.js'
import type { SupplyDependencies } from './dependencies.js'

export interface RedriveResult {
  readonly quarantineId: string
  readonly state: 'open' | 'healed' | 'redriven'
  /** Why it is still unreadable. */
  readonly reason: string | null
}

const NO_RECORD = { reason: 'holds no record' }

/** Reads a quarantined record again, after the adapter was fixed, and stores it if it is readable now. */
export async function redrive(deps: SupplyDependencies, quarantineId: string): Promise<RedriveResult> {
  const entry = await findQuarantined(deps.knex, quarantineId)
  if (entry === null) {
    throw ApplicationFailure.nonRetryable(`no quarantined record ${quarantineId}`, 'QuarantineEntryGone')
  }
  if (entry.state !== 'open') return { quarantineId, state: entry.state, reason: null }
  const upstream = upstreamOf(deps, entry.connection)
  const { adapter, config } = upstream
  const record = adapter.feed?.readRecord(config, entry.raw, entry.sourceOrder ?? '0') ?? NO_RECORD
  const offered = 'kind' in record && record.kind === 'offered' ? [record] : []
  const fault = 'kind' in record ? (offered.length === 0 ? NO_RECORD.reason : null) : record.reason
  const source = { connection: entry.connection, provider: adapter.name }
  const reason = await storeRedriven(deps, { quarantineId, ...source, offered, fault })
  return { quarantineId, state: reason === null ? 'redriven' : 'open', reason }
}
