import type { Knex } from '../../db/connect.js'
import type { SessionRow } from '../../db/rows/session-row.js'
import { insertEvent } from '../../db/stores/event-store.js'
import { deleteSessionInputs } from '../../db/stores/session-input-store.js'
import { lockSession, type OpenedEntry, updateOpened } from '../../db/stores/session-store.js'

/**
 * Stores the provider's entry once: compare-and-set from `opening`. A second entry (a late answer of an earlier
 * attempt) becomes an event and is never issued. Deletes the inputs of the opening.
 * @returns the session afterwards, whichever attempt won; null = session not found
 */
export async function storeEntry(
  knex: Knex,
  sessionId: string,
  entry: OpenedEntry,
  now: Date,
): Promise<SessionRow | null> {
  return knex.transaction(async (trx) => {
    const row = await lockSession(trx, sessionId)
    if (row === null) return null
    if (row.state !== 'opening') {
      if (row.provider_entry_url !== entry.url) {
        await insertEvent(trx, sessionId, 'orphan_entry', { provider_session_id: entry.providerSessionId })
      }
      return row
    }
    const opened = await updateOpened(trx, sessionId, entry, now)
    await deleteSessionInputs(trx, sessionId)
    return opened
  })
}
