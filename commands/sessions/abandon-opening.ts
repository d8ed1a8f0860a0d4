import type { Knex } from '../../db/connect.js'
import type { NewClaim, RecordedClaim } from './claim.js'
import { recordClaim } from './record-claim.js'

/**
 * Ends a session whose provider gave no entry in time. A session whose entry is open stays open, because an attempt
 * that timed out may have opened it.
 * @returns null = session not found
 */
export async function abandonOpening(knex: Knex, sessionId: string, now: Date): Promise<RecordedClaim | null> {
  return recordClaim(knex, sessionId, abandoned, now, (row) => row.state === 'opening')
}

const abandoned: NewClaim = {
  source: 'opening',
  kind: 'outcome',
  outcome: 'ERROR',
  word: 'the provider gave no entry in time',
  grade: 'E2',
  fingerprint: 'opening',
  raw: null,
}
