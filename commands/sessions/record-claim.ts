import type { Knex } from '../../db/connect.js'
import type { SessionRow } from '../../db/rows/session-row.js'
import { lockSession } from '../../db/stores/session-store.js'
import { stampSoon } from '../../db/stores/stamp-soon.js'
import type { NewClaim, RecordedClaim } from './claim.js'
import { insertClaim, unchanged } from './insert-claim.js'

/**
 * Commits a claim and the session's new standing, in one short transaction under the session's row lock. The workflow
 * then writes the ledger and the panel's postback. Idempotent by fingerprint.
 * @param holds a condition on the locked session; false = no claim is recorded
 * @returns null = session not found
 */
export async function recordClaim(
  knex: Knex,
  sessionId: string,
  claim: NewClaim,
  now: Date,
  holds: (row: SessionRow) => boolean = () => true,
): Promise<RecordedClaim | null> {
  const recorded = await knex.transaction(async (trx) => {
    const row = await lockSession(trx, sessionId)
    if (row === null) return null
    return holds(row) ? insertClaim(trx, row, claim, now) : unchanged(row)
  })
  if (recorded?.stamp) stampSoon(knex)
  return recorded
}
