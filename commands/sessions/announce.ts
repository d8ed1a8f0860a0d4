import type { Knex } from '../../db/connect.js'
import { announceSession } from '../../db/stores/session-store.js'

/**
 * The panel learns the id of a session that is still opening: from now on it gets that session's postbacks.
 * @returns false when the session has ended meanwhile: then the panel does not learn its id
 */
export function announce(knex: Knex, sessionId: string): Promise<boolean> {
  return announceSession(knex, sessionId)
}
