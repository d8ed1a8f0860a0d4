import type { Knex } from '../../db/connect.js'
import { updateLook } from '../../db/stores/session-store.js'

/**
 * Notes that a respondent looks at the page of an entry which is still opening.
 * @returns since when they wait, by our clock; null when the entry is not opening any more
 */
export function noteLook(knex: Knex, sessionId: string, now: Date): Promise<Date | null> {
  return updateLook(knex, sessionId, now)
}
