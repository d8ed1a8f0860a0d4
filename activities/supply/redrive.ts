import { ApplicationFailure, Context } from '@temporalio/activity'
import { storeRedriven } from '../../commands/supply/redrive.js'
import { findQuarantined } from '../../db/read-models/quarantined-record.js'
import type { SupplyChange, Unreadable } from '../../providers/adapter.js'
import { ProviderError } from '../../providers/errors.js'
import type { Http } from '../../providers/http.js'
import type { Upstream } from '../../providers/upstream.js'
import { upstreamOf } from './attempt.js'
import type { SupplyDependencies } from './dependencies.js'

export interface RedriveResult {
  readonly quarantineId: string
  readonly state: 'open' | 'healed' | 'redriven'
  /** Why it still cannot be read. */
  readonly reason: string | null
}

/** Reads a quarantined record again, after the adapter was mended, and stores it if it can be read now. */
export async function redrive(deps: SupplyDependencies, quarantineId: string): Promise<RedriveResult> {
  const entry = await findQuarantined(deps.knex, quarantineId)
  if (entry === null) {
    throw ApplicationFailure.nonRetryable(`no quarantined record ${quarantineId}`, 'QuarantineEntryGone')
  }
  if (entry.state !== 'open') return { quarantineId, state: entry.state, reason: null }
  const upstream = upstreamOf(deps, entry.connection)
  const { changes, unreadable } = await readAgain(upstream, entry.raw, entry.sourceOrder ?? '0', deps.clock())
  const offered = changes.filter((change) => change.kind === 'offered')
  const fault = unreadable[0]?.reason ?? (offered.length === 0 ? 'holds no record' : null)
  const source = { connection: entry.connection, provider: upstream.adapter.name }
  const reason = await storeRedriven(deps, { quarantineId, ...source, offered, fault })
  return { quarantineId, state: reason === null ? 'redriven' : 'open', reason }
}

/** An adapter that reads feeds, not records, is given a feed of this one record. Nothing leaves this process. */
async function readAgain(
  { adapter, config }: Upstream,
  raw: Uint8Array,
  order: string,
  now: Date,
): Promise<{ changes: SupplyChange[]; unreadable: Unreadable[] }> {
  const changes: SupplyChange[] = []
  const unreadable: Unreadable[] = []
  if (adapter.readRecord !== undefined) {
    const record = adapter.readRecord(config, raw, order)
    if ('kind' in record) changes.push(record)
    else unreadable.push(record)
    return { changes, unreadable }
  }
  const page = Buffer.concat([Buffer.from('['), raw, Buffer.from(']')])
  const http: Http = {
    request: async () => ({
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: (async function* () {
        yield page
      })(),
      text: async () => page.toString('utf8'),
    }),
  }
  const signal = Context.current().cancellationSignal
  try {
    for await (const batch of adapter.fetchSupply?.({ config, http, now, signal }, null) ?? []) {
      changes.push(...batch.changes)
      unreadable.push(...batch.unreadable)
    }
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error
    unreadable.push({ providerSurveyId: null, order: null, reason: error.message, raw })
  }
  return { changes, unreadable }
}
