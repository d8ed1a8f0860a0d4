import { pauseConnection, resumeConnection } from '../db/stores/connection-store.js'
import { toTemporalFailure } from './failures.js'
import { acknowledge } from './supply/acknowledge.js'
import type { SupplyDependencies } from './supply/dependencies.js'
import { pollAndStore } from './supply/poll-and-store.js'
import { readMembers } from './supply/read-members.js'
import { redrive } from './supply/redrive.js'

export type SupplyActivities = ReturnType<typeof createSupplyActivities>

/** The activities of a poll loop. Each is one effect and idempotent. */
export function createSupplyActivities(deps: SupplyDependencies) {
  return {
    /** Fetches the provider's changes and stores page, cursor and quarantine in one transaction. */
    pollAndStore: (input: { connection: string }) => told(pollAndStore(deps, input.connection)),

    /** Reports to the provider that everything up to the receipt is stored. */
    acknowledge: (input: { connection: string; receipt: string }) => told(acknowledge(deps, input)),

    /** Reads the members of members-only quotas that were not read lately. */
    readMembers: (input: { connection: string }) => readMembers(deps, input.connection),

    /** Records that a connection is paused, so that its stock is no longer offered. */
    recordPaused: (input: { connection: string; reason: string }) =>
      told(pauseConnection(deps.knex, input.connection, input.reason, deps.clock())),

    /** Records that a connection is resumed. */
    recordResumed: (input: { connection: string }) => told(resumeConnection(deps.knex, input.connection, deps.clock())),

    /** Reads a quarantined record again and stores it if it can be read now. */
    redrive: (input: { quarantineId: string }) => told(redrive(deps, input.quarantineId)),
  }
}

/** Converts errors for Temporal, by the table of `toTemporalFailure`. */
async function told<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work
  } catch (error) {
    throw toTemporalFailure(error)
  }
}
