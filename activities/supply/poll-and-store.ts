import { ApplicationFailure } from '@temporalio/activity'
import { type PageCounts, storePage } from '../../commands/supply/store-page.js'
import { readableEditions } from '../../db/read-models/held-editions.js'
import { openStock } from '../../db/read-models/open-stock.js'
import { takeEpoch } from '../../db/stores/connection-store.js'
import { openQuarantine } from '../../db/stores/quarantine-store.js'
import { stampRevisions } from '../../db/stores/stamper.js'
import { FAILURE_TYPES } from '../../domain/failure-types.js'
import { failpoint } from '../../platform/failpoints.js'
import type { FindHeld } from '../../providers/adapter.js'
import { ahead } from './ahead.js'
import { attempt, upstreamOf } from './attempt.js'
import type { SupplyDependencies } from './dependencies.js'
import { membersDue } from './read-members.js'

/** The result of a poll for the workflow: counts and cursors, never the feed. Ids are decimal text. */
export interface PollResult extends PageCounts {
  readonly cursor: string | null
  readonly committed: string
  readonly acked: string
  /** The receipt to acknowledge; null when none is due. */
  readonly toAcknowledge: string | null
  /** Open surveys after this poll, and their countries (alpha-3). */
  readonly open: number
  readonly markets: readonly string[]
  readonly quarantined: number
  readonly startedAt: string
  readonly durationMs: number
  /** The provider's pace, in milliseconds from the start of one poll to the next. */
  readonly everyMs: number
  /** Quotas whose members must be read; absent if the provider names no members. */
  readonly membersDue?: number
  /** Do not poll again before this ISO timestamp. */
  readonly notBefore: string | null
}

/** Fetches what is new and stores it in one activity: the feed never passes through Temporal. */
export async function pollAndStore(deps: SupplyDependencies, connection: string): Promise<PollResult> {
  const upstream = upstreamOf(deps, connection)
  const { adapter, config, http } = upstream
  const { feed } = adapter
  if (feed === undefined) {
    throw ApplicationFailure.nonRetryable(`${adapter.name} has no feed to poll`, FAILURE_TYPES.notConfigured)
  }
  const startedAt = deps.clock()
  const before = await takeEpoch(deps.knex, connection, startedAt)
  if (before === null) {
    throw ApplicationFailure.nonRetryable(`connection ${connection} was removed`, FAILURE_TYPES.notConfigured)
  }
  const everyMs = feed.pollEveryMs(config)
  const held: FindHeld = (ids) => readableEditions(deps.knex, connection, ids)

  return attempt(deps, before, async (signal, heartbeat) => {
    const { counts, row, notBefore } = await storePage(deps.knex, {
      writer: { connection, provider: adapter.name, epoch: before.pollEpoch, now: startedAt },
      before,
      batches: ahead(feed.fetch({ config, http, now: startedAt, signal }, before.cursor, held)),
      acknowledges: feed.acknowledge !== undefined,
      nextPollAt: (at) => new Date(Math.max(startedAt.getTime() + everyMs, at?.getTime() ?? 0)),
      onProgress: heartbeat,
    })
    failpoint('poll.after_commit')
    await stampRevisions(deps.knex)

    const stock = await openStock(deps.knex, connection)
    const durationMs = deps.clock().getTime() - startedAt.getTime()
    const owed = feed.acknowledge !== undefined && BigInt(row.committedId) > BigInt(row.ackedId)
    deps.logger.info({ connection, provider: adapter.name, ...counts, durationMs }, 'page stored')
    return {
      ...counts,
      cursor: row.cursor,
      committed: row.committedId,
      acked: row.ackedId,
      toAcknowledge: owed ? row.committedId : null,
      open: stock.surveys,
      markets: stock.countries,
      quarantined: await openQuarantine(deps.knex, connection),
      startedAt: startedAt.toISOString(),
      durationMs,
      everyMs,
      ...(adapter.members === undefined ? {} : { membersDue: await membersDue(deps, connection) }),
      notBefore: notBefore?.toISOString() ?? null,
    }
  })
}
