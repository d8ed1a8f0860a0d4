import { proxyActivities } from '@temporalio/workflow'
import type { JanitorActivities } from '../activities/janitor.js'
import type { MatchingActivities } from '../activities/matching.js'
import type { PlanActivities } from '../activities/plans.js'
import type { PostbackActivities } from '../activities/postbacks.js'
import type { SessionActivities } from '../activities/sessions.js'
import type { SupplyActivities } from '../activities/supply.js'
import { FAILURE_TYPES } from '../domain/failure-types.js'
import { entryQueue, QUEUES, supplyQueue } from '../domain/task-queues.js'

/**
 * How workflows call activities: task queue, timeouts and retries. Without a number of attempts, retries continue until
 * the workflow ends. Timeouts and retries are not part of the commands that a replay compares.
 */

/** Writes to PostgreSQL: short, and retried until the database is available. */
const WRITE = { startToCloseTimeout: '10s', retry: { initialInterval: '500ms', maximumInterval: '15s' } } as const
/** As `WRITE`, for statements that read or delete more. */
const LONGER_WRITE = { ...WRITE, startToCloseTimeout: '20s' } as const

/** Outcome, ledger and outbox of a session: one transaction, once per claim. */
export const outcomeRecords = (summary: string) => proxyActivities<SessionActivities>({ ...WRITE, summary })

/** Requests the entry of a session from a connection's provider, until the link would have expired. */
export const entries = (connection: string, entryTtlMs: number) =>
  proxyActivities<SessionActivities>({
    taskQueue: entryQueue(connection),
    summary: `open an entry at ${connection}`,
    startToCloseTimeout: '40s',
    heartbeatTimeout: '6s',
    scheduleToCloseTimeout: entryTtlMs,
    retry: { initialInterval: '1s', maximumInterval: '30s' },
  })

/** Calls a connection's provider to check whether a quota is still open: at most six attempts. */
export const quotaChecks = (connection: string, quotaId: string) =>
  proxyActivities<SessionActivities>({
    taskQueue: entryQueue(connection),
    summary: `is quota ${quotaId} live?`,
    startToCloseTimeout: '40s',
    retry: { initialInterval: '10s', maximumInterval: '1m', maximumAttempts: 6 },
  })

/**
 * Delivers messages to panels. The activity sets the delay of each next attempt itself: 5 s, 5 min, 30 min, 2 h …, or
 * `Retry-After`.
 */
export const deliveries = () =>
  proxyActivities<PostbackActivities>({
    taskQueue: QUEUES.postbacks,
    summary: 'deliver to the panel',
    startToCloseTimeout: '45s',
    heartbeatTimeout: '6s',
    retry: { initialInterval: '5s', maximumInterval: '10h', backoffCoefficient: 4 },
  })

/**
 * Polls a connection's provider. No retry: the poll loop has a pace of its own, and handles a pause between two
 * attempts.
 */
export const polls = (connection: string) =>
  proxyActivities<SupplyActivities>({
    taskQueue: supplyQueue(connection),
    startToCloseTimeout: '90s',
    heartbeatTimeout: '12s',
    retry: { maximumAttempts: 1 },
  })

/** The poll loop's writes to PostgreSQL, without a call to the provider. */
export const pollRecords = () =>
  proxyActivities<SupplyActivities>({
    startToCloseTimeout: '20s',
    retry: { initialInterval: '500ms', maximumInterval: '30s' },
  })

/** Requests a provider's surveys for one panelist: at most three attempts, because a panel is waiting. */
export const panelistMatches = (connection: string) =>
  proxyActivities<MatchingActivities>({
    taskQueue: entryQueue(connection),
    summary: 'ask the provider, store its surveys',
    startToCloseTimeout: '20s',
    scheduleToCloseTimeout: '60s',
    // codes 1 and 12 and a dropped connection are often gone a moment later; a wrong setting is not (Dynata Match API,
    // Error Response Codes)
    retry: {
      initialInterval: '300ms',
      backoffCoefficient: 2,
      maximumAttempts: 3,
      nonRetryableErrorTypes: [FAILURE_TYPES.unauthorized, FAILURE_TYPES.rateLimited],
    },
  })

/** Deletes the question of a refresh that was not used. */
export const refreshRecords = () =>
  proxyActivities<MatchingActivities>({ ...LONGER_WRITE, summary: 'delete the unused question' })

/** Closes a plan, or begins its full launch, if that is due. */
export const planRecords = () =>
  proxyActivities<PlanActivities>({
    summary: 'close it, or begin its full launch, if that is due',
    startToCloseTimeout: '20s',
    retry: { initialInterval: '500ms', maximumInterval: '1m' },
  })

/** Finds abandoned rows. */
export const leftBehind = () =>
  proxyActivities<JanitorActivities>({
    summary: 'find abandoned rows',
    startToCloseTimeout: '30s',
    retry: { initialInterval: '1s', maximumInterval: '15s' },
  })

/** Creates partitions, deletes old keys. */
export const housekeeping = () =>
  proxyActivities<JanitorActivities>({
    summary: 'partitions and old keys',
    startToCloseTimeout: '2m',
    retry: { initialInterval: '5s', maximumInterval: '1m' },
  })
