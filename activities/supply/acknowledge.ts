import { ApplicationFailure } from '@temporalio/activity'
import { recordAcknowledged } from '../../db/stores/connection-health-store.js'
import { findConnection } from '../../db/stores/connection-store.js'
import { FAILURE_TYPES } from '../../domain/failure-types.js'
import { failpoint } from '../../platform/failpoints.js'
import { attempt, upstreamOf } from './attempt.js'
import type { SupplyDependencies } from './dependencies.js'

/**
 * Reports to the provider that everything up to a receipt is stored. Idempotent: does not send an acknowledged receipt
 * again, and never sends one that is not committed (invariant I1).
 */
export async function acknowledge(
  deps: SupplyDependencies,
  { connection, receipt }: { connection: string; receipt: string },
): Promise<void> {
  const { adapter, config, http } = upstreamOf(deps, connection)
  const row = await findConnection(deps.knex, connection)
  if (row === null || row.state === 'removed') {
    throw ApplicationFailure.nonRetryable(`connection ${connection} was removed`, FAILURE_TYPES.notConfigured)
  }
  if (BigInt(receipt) > BigInt(row.committedId)) {
    throw ApplicationFailure.nonRetryable(
      `${connection}: receipt ${receipt} is beyond what is committed (${row.committedId})`,
      'AckBeforeCommit',
    )
  }
  const tell = adapter.feed?.acknowledge?.bind(adapter.feed)
  if (tell === undefined || BigInt(receipt) <= BigInt(row.ackedId)) return
  await attempt(deps, row, async (signal) => {
    await tell({ config, http, now: deps.clock(), signal }, receipt)
    failpoint('poll.after_ack')
    await recordAcknowledged(deps.knex, connection, receipt, deps.clock())
  })
}
