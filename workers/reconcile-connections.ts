import { createHash } from 'node:crypto'
import { type Client, WorkflowNotFoundError } from '@temporalio/client'
import { returnPlans } from '../commands/plans/bring-back.js'
import { withdrawConnection } from '../commands/supply/withdraw-connection.js'
import type { Knex } from '../db/connect.js'
import { endHold } from '../db/stores/connection-health-store.js'
import { listConnections, noteConfigDigest, openConnection, settleConnection } from '../db/stores/connection-store.js'
import { QUEUES } from '../domain/task-queues.js'
import { searchAttribute } from '../domain/visibility.js'
import type { Logger } from '../platform/logger.js'
import type { Upstream } from '../providers/upstream.js'
import { configChanged, type PollInput, pollWorkflowId } from '../workflows/messages/poll.js'
import { seconds } from '../workflows/poll-details.js'

export interface ReconcileParts {
  readonly knex: Knex
  readonly client: Client
  readonly upstreams: readonly Upstream[]
  readonly logger: Logger
  readonly clock: () => Date
}

/**
 * Reconciles what runs with the configuration (docs/architecture.md, Processes): starts the loops of new connections, signals changed ones,
 * and stops removed ones and withdraws their surveys. Idempotent, also when several processes run it concurrently.
 * @throws when PostgreSQL or Temporal is away: call it again
 */
export async function reconcileConnections(parts: ReconcileParts): Promise<void> {
  const known = new Map((await listConnections(parts.knex)).map((row) => [row.connection, row]))
  for (const upstream of parts.upstreams) {
    const { connection, adapter } = upstream
    const digest = configDigest(upstream.config)
    const before = known.get(connection)
    // return the plans before the row is open again, so that the next process repeats it after a crash in between
    if (adapter.slots !== undefined && before?.state === 'removed') await bringPlansBack(parts, connection)
    await openConnection(parts.knex, { connection, provider: adapter.name })
    if (adapter.feed !== undefined) {
      await startPolling(parts.client, upstream)
      if (before !== undefined && (before.configDigest !== digest || before.state === 'blocked')) {
        await parts.client.workflow.getHandle(pollWorkflowId(connection)).signal(configChanged)
        parts.logger.info({ connection }, 'connection changed')
      }
    }
    if (adapter.slots !== undefined) await settleConnection(parts.knex, connection, parts.clock())
    // try a corrected setting immediately
    if (adapter.live !== undefined && before?.configDigest !== digest) await endHold(parts.knex, connection)
    if (before?.configDigest !== digest) await noteConfigDigest(parts.knex, connection, digest)
  }

  const configured = new Set(parts.upstreams.map(({ connection }) => connection))
  for (const { connection, state } of known.values()) {
    if (configured.has(connection) || state === 'removed') continue
    await stopPolling(parts.client, connection)
    const withdrawn = await withdrawConnection(parts.knex, connection, parts.clock())
    parts.logger.warn({ connection, withdrawn }, 'connection removed')
  }
}

async function bringPlansBack(parts: ReconcileParts, connection: string): Promise<void> {
  const plans = await returnPlans(parts)
  parts.logger.info({ connection, plans }, 'there are demand partners again')
}

/** Idempotent, because the workflow id is the connection's. */
async function startPolling(client: Client, { connection, adapter, config }: Upstream): Promise<void> {
  const input: PollInput = { connection, provider: adapter.name }
  const every = adapter.feed?.pollEveryMs(config)
  await client.workflow.start('pollProvider', {
    workflowId: pollWorkflowId(connection),
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    taskQueue: QUEUES.supply,
    args: [input],
    staticSummary: `${connection} · ${adapter.name} supply${every === undefined ? '' : ` every ${seconds(every)}`}`,
    staticDetails:
      'Fetches changes, stores them, acknowledges them to the provider. Signals: `pause` (with a reason), `resume`, `pollNow`. ' +
      'What to do when it is degraded or blocked: `docs/polling.md`.',
    typedSearchAttributes: [
      { key: searchAttribute('TributaryProvider'), value: adapter.name },
      { key: searchAttribute('TributaryConnection'), value: connection },
      { key: searchAttribute('TributaryState'), value: 'starting' },
    ],
  })
}

async function stopPolling(client: Client, connection: string): Promise<void> {
  try {
    await client.workflow.getHandle(pollWorkflowId(connection)).terminate('no longer configured')
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error
  }
}

/** Six digits: enough to detect a change, too few to verify guesses of a key. */
function configDigest(config: unknown): string {
  return createHash('sha256').update(JSON.stringify(config)).digest('hex').slice(0, 6)
}
