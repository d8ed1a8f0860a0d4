import { ApplicationFailure } from '@temporalio/activity'
import { finishReading } from '../../commands/supply/finish-reading.js'
import { storeMembers } from '../../commands/supply/store-members.js'
import { type DueReading, dueReadings } from '../../db/read-models/due-readings.js'
import { findConnection } from '../../db/stores/connection-store.js'
import { FAILURE_TYPES } from '../../domain/failure-types.js'
import { failpoint } from '../../platform/failpoints.js'
import { attempt, upstreamOf } from './attempt.js'
import type { SupplyDependencies } from './dependencies.js'

/** Whom a quota is for changes slowly: read again after so long. */
const GOOD_FOR_MS = 60 * 60_000
/** One attempt ends well within the activity's time; what is left is read after the next poll. */
const BUDGET_MS = 45_000

/** How many quotas of a connection have people to be read. */
export async function membersDue(deps: SupplyDependencies, connection: string): Promise<number> {
  return (await dueReadings(deps.knex, connection, staleBefore(deps))).length
}

export interface MembersRead {
  readonly quotas: number
  readonly members: number
  /** Quotas that are left for the next time. */
  readonly left: number
}

/**
 * Reads whom members-only quotas are for, page by page (Toluna External Sample, Recontact Flow). Each page is stored
 * with its place, so that whatever breaks off goes on from there; a server that repeats itself ends the reading.
 */
export async function readMembers(deps: SupplyDependencies, connection: string): Promise<MembersRead> {
  const { adapter, config, http } = upstreamOf(deps, connection)
  const names = adapter.members
  const row = await findConnection(deps.knex, connection)
  if (names === undefined || row === null) {
    throw ApplicationFailure.nonRetryable(`${connection} names nobody for its quotas`, FAILURE_TYPES.notConfigured)
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
        // a page of which nobody is new will not be followed by a better one
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
