import { pauseConnection, resumeConnection } from '../db/stores/connection-store.js'
import { acknowledge } from './supply/acknowledge.js'
import type { SupplyDependencies } from './supply/dependencies.js'
import { pollAndStore } from './supply/poll-and-store.js'
import { readMembers } from './supply/read-members.js'
import { redrive } from './supply/redrive.js'

export type SupplyActivities = ReturnType<typeof createSupplyActivities>

/** What a poll loop does to the world. Each is one effect and safe to repeat. */
export function createSupplyActivities(deps: SupplyDependencies) {
  return {
    /** Fetches the provider's news and stores page, cursor and quarantine in one transaction. */
    pollAndStore: (input: { connection: string }) => pollAndStore(deps, input.connection),

    /** Tells the provider that everything up to the receipt is stored. */
    acknowledge: (input: { connection: string; receipt: string }) => acknowledge(deps, input),

    /** Reads whom members-only quotas are for, where they were not read lately. */
    readMembers: (input: { connection: string }) => readMembers(deps, input.connection),

    /** Writes down that a connection is paused, so that its stock is no longer offered. */
    recordPaused: (input: { connection: string; reason: string }) =>
      pauseConnection(deps.knex, input.connection, input.reason, deps.clock()),

    /** Writes down that a connection goes on. */
    recordResumed: (input: { connection: string }) => resumeConnection(deps.knex, input.connection, deps.clock()),

    /** Reads a quarantined record again and stores it if it can be read now. */
    redrive: (input: { quarantineId: string }) => redrive(deps, input.quarantineId),
  }
}
