import type { Knex } from '../../db/connect.js'
import type { SessionRow } from '../../db/rows/session-row.js'
import { lockSession } from '../../db/stores/session-store.js'
import { stampSoon } from '../../db/stores/stamp-soon.js'
import type { NewClaim, RecordedClaim } from './claim.js'
import { insertClaim, unchanged } from './insert-claim.js'

/**
 * Claim first: the claim and what it makes of the session's standing, in one short transaction under the session's row
 * lock. The ledger and the panel's postback follow in the workflow. Safe to repeat by fingerprint.
 * @param holds what must still be true of the locked session; where it is not, nothing is claimed
 * @returns null when there is no such session
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
