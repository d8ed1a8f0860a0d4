import type { Knex } from '../../db/connect.js'
import { updateLook } from '../../db/stores/session-store.js'

/**
 * Records that the page of an opening entry was requested.
 * @returns since when the respondent waits, by our clock; null when the entry is no longer opening
 */
export function noteLook(knex: Knex, sessionId: string, now: Date): Promise<Date | null> {
  return updateLook(knex, sessionId, now)
}
