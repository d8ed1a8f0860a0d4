import { ApplicationFailure } from '@temporalio/activity'
import { finishReading } from '../../commands/supply/finish-reading.js'
import { storeMembers } from '../../commands/supply/store-members.js'
import { type DueReading, dueReadings } from '../../db/read-models/due-readings.js'
import { findConnection } from '../../db/stores/connection-store.js'
import { FAILURE_TYPES } from '../../domain/failure-types.js'
import { failpoint } from '../../platform/failpoints.js'
import { attempt, upstreamOf } from './attempt.js'
import type { SupplyDependencies } from './dependencies.js'

/** The members of a quota change slowly: read them again after this long. */
const GOOD_FOR_MS = 60 * 60_000
/** One attempt ends well within the activity's timeout; the next poll reads the rest. */
const BUDGET_MS = 45_000

/** How many quotas of a connection have members to read. */
export async function membersDue(deps: SupplyDependencies, connection: string): Promise<number> {
  return (await dueReadings(deps.knex, connection, staleBefore(deps))).length
}

export interface MembersRead {
  readonly quotas: number
  readonly members: number
  /** Quotas left for the next attempt. */
  readonly left: number
}

/**
 * Reads the members of members-only quotas, page by page (Toluna External Sample, Recontact Flow). Stores each page
 * with its position, so that an interrupted reading continues there; stops when a server repeats itself.
 */
export async function readMembers(deps: SupplyDependencies, connection: string): Promise<MembersRead> {
  const { adapter, config, http } = upstreamOf(deps, connection)
  const names = adapter.members
  const row = await findConnection(deps.knex, connection)
  if (names === undefined || row === null) {
    throw ApplicationFailure.nonRetryable(`${connection} names no members for its quotas`, FAILURE_TYPES.notConfigured)
  }
  const startedAt = deps.clock().getTime()
  return attempt(deps, row, async (signal, heartbeat) => {
    const due = await dueReadings(deps.knex, connection, staleBefore(deps))
    let quotas = 0
    let members = 0
    for (const first of due) {
      let reading: DueReading = first
      for (let done = false; !done; ) {
        if (deps.clock().getTime() - startedAt > BUDGET_MS) return { quotas, members, left: due.length - quotas }
        const call = { config, http, now: deps.clock(), signal }
        const page = await names.fetch(call, reading.quotaId, reading.lastCode)
        const met = await storeMembers(deps.knex, connection, reading, page.members, deps.clock())
        failpoint('members.after_page')
        members += met
        heartbeat({ quotas, members })
        reading = { ...reading, lastCode: page.members.at(-1) ?? reading.lastCode }
        // a page without a new member: later pages would have none either
        done = page.done || met === 0
      }
      await finishReading(deps.knex, connection, reading, deps.clock())
      quotas += 1
    }
    deps.logger.info({ connection, quotas, members }, 'members read')
    return { quotas, members, left: 0 }
  })
}

const staleBefore = (deps: SupplyDependencies): Date => new Date(deps.clock().getTime() - GOOD_FOR_MS)
