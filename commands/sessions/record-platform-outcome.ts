import type { Knex } from '../../db/connect.js'
import { findFirstOutcome } from '../../db/stores/claim-store.js'
import { lockSession } from '../../db/stores/session-store.js'
import { stampSoon } from '../../db/stores/stamp-soon.js'
import { GRADES, type Grade, type Outcome, reaches } from '../../domain/outcome.js'
import type { RecordedClaim } from './claim.js'
import { insertClaim } from './insert-claim.js'

/** What the survey itself says of a session: its platform's server, or the browser that comes from there. */
export interface PlatformOutcome {
  readonly source: 'postback' | 'return'
  readonly outcome: Outcome
  readonly grade: Grade
}

/** No claim has this word: what takes it back applies to nothing. */
const NOTHING = ''

/**
 * The claim of a survey about a session of our own plan. The first one counts; the same one again is a repeat; another
 * one is kept for a human and changes nothing, whatever its word (docs/router.md, How it ended). What others said
 * before - the door, our timer - and a redirect that proved nothing are for the general rule (docs/sessions.md, What
 * one more claim does).
 * @returns null when there is no such session
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
    // what proved nothing stands in nobody's way: then the general rule decides about the proof
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
        // each word once: however often it is repeated, at most eight are kept
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
