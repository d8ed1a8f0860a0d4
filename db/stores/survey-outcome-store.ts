import { GRADES, type Grade, type Outcome, reaches } from '../../domain/outcome.js'
import type { Knex } from '../connect.js'
import { insertClaim, type RecordedClaim } from './claim-store.js'
import { lockSession } from './session-store.js'
import { stampSoon } from './stamp-soon.js'

/** What the survey itself says of a session: its platform's server, or the browser that comes from there. */
export interface SurveyOutcome {
  readonly source: 'postback' | 'return'
  readonly outcome: Outcome
  readonly grade: Grade
}

/** No claim has this word: what takes it back applies to nothing. */
const NOTHING = ''

/**
 * The claim of a survey about a session of our own plan. The first one counts; the same one again is a repeat; another
 * one is kept for a human and changes nothing, whatever its word (contract §5). What others said before - the door, our
 * timer - and a redirect that proved nothing are for the general rule (docs/sessions.md, What one more claim does).
 * @returns null when there is no such session
 */
export async function recordSurveyOutcome(
  knex: Knex,
  sessionId: string,
  { source, outcome, grade }: SurveyOutcome,
  now: Date,
): Promise<RecordedClaim | null> {
  const recorded = await knex.transaction(async (trx) => {
    const row = await lockSession(trx, sessionId)
    if (row === null) return null
    // what proved nothing stands in nobody's way: then the general rule decides about the proof
    const counts = GRADES.filter((one) => !reaches(grade, row.required_grade) || reaches(one, row.required_grade))
    const earlier = await trx('outcome_claims')
      .where({ session_id: sessionId })
      .whereIn('source', ['postback', 'return'])
      .whereIn('grade', counts)
      .first('claim_id')
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
        ...(earlier === undefined ? {} : { takesBack: NOTHING }),
      },
      now,
    )
  })
  if (recorded?.stamp) stampSoon(knex)
  return recorded
}
