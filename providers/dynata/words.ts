import type { Word } from '../kit/words.js'

/** Peanut Labs publisher guide, Processing Script: the status of a callback. */
const CALLBACK = 'publisher guide, callback'

/** Dynata's six status letters, as the provider spells them. error-codes.ts has the twelve codes of a match. */
export const DYNATA_WORDS: readonly Word[] = [
  { code: 'C', outcome: 'COMPLETED', reason: 'completed', source: CALLBACK },
  { code: 'F', outcome: 'QUOTA_FULL', reason: 'quota_full', source: CALLBACK },
  { code: 'P', outcome: 'TERMINATED', reason: 'screened_out', source: CALLBACK },
  { code: 'N', outcome: 'SCREENED_OUT', reason: 'screened_out', source: CALLBACK },
  { code: 'R', outcome: 'REJECTED', reason: 'quality_other', source: CALLBACK },
  { code: 'T', outcome: 'DISQUALIFIED', reason: 'fraud_suspected', source: CALLBACK },
]
