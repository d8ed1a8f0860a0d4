import type { Knex } from '../../db/connect.js'
import { announceSession } from '../../db/stores/session-store.js'

/**
 * Marks a session that is still opening as known to the panel, which gets its postbacks from now on.
 * @returns false when the session has ended meanwhile; then the caller must not return its id
 */
export function announce(knex: Knex, sessionId: string): Promise<boolean> {
  return announceSession(knex, sessionId)
}
