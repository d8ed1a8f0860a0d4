import type { Knex } from '../../db/connect.js'
import { findFirstOutcome } from '../../db/stores/claim-store.js'
import { lockSession } from '../../db/stores/session-store.js'
import { stampSoon } from '../../db/stores/stamp-soon.js'
import { GRADES, type Grade, type Outcome, reaches } from '../../domain/outcome.js'
import type { RecordedClaim } from './claim.js'
import { insertClaim } from './insert-claim.js'

/** The outcome that a survey reports for a session: by its platform's server, or by the returning browser. */
export interface PlatformOutcome {
  readonly source: 'postback' | 'return'
  readonly outcome: Outcome
  readonly grade: Grade
}

/** No claim has this word, so a reversal of it applies to nothing. */
const NOTHING = ''

/**
 * Records a survey's claim about a session of our own plan. The first one counts; the same one again is a repeat; a
 * different one goes to review and changes nothing (docs/router.md, How it ended). Earlier claims by our entry or
 * timeout, and an unproven redirect, follow the general rule (docs/sessions.md, What one more claim does).
 * @returns null = session not found
 */
export async function recordPlatformOutcome(
  knex: Knex,
  sessionId: string,
  { source, outcome, grade }: PlatformOutcome,
  now: Date,
): Promise<RecordedClaim | null> {
  const recorded = await knex.transaction(async (trx) => {
    const row = await lockSession(trx, sessionId)
    if (row === null) return null
    // ignore unproven claims: the general rule decides about them
    const earlier = await findFirstOutcome(trx, sessionId, {
      sources: ['postback', 'return'],
      grades: GRADES.filter((one) => !reaches(grade, row.required_grade) || reaches(one, row.required_grade)),
    })
    return insertClaim(
      trx,
      row,
      {
        source,
        kind: 'outcome',
        outcome,
        word: outcome,
        grade,
        // one claim per source and word: repeats add none, so each source has at most eight
        fingerprint: `${source}:${outcome}`,
        raw: null,
        ...(earlier === null ? {} : { takesBack: NOTHING }),
      },
      now,
    )
  })
  if (recorded?.stamp) stampSoon(knex)
  return recorded
}
