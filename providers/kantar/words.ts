import type { Word } from '../kit/words.js'

/** Profiles Partner Gateway, Panelist Survey Outcome: the list of outcome statuses. */
const OUTCOME = 'PanelistSurveyOutcome, outcome'

/** The gateway's eight outcomes are ours, spelled as there. */
export const KANTAR_WORDS: readonly Word[] = [
  { code: 'COMPLETED', outcome: 'COMPLETED', reason: 'completed', source: OUTCOME },
  { code: 'TERMINATED', outcome: 'TERMINATED', reason: 'screened_out', source: OUTCOME },
  { code: 'DISQUALIFIED', outcome: 'DISQUALIFIED', reason: 'quality_other', source: OUTCOME },
  { code: 'SCREENED_OUT', outcome: 'SCREENED_OUT', reason: 'screened_out', source: OUTCOME },
  { code: 'REJECTED', outcome: 'REJECTED', reason: 'client_rejected', source: OUTCOME },
  { code: 'QUOTA_FULL', outcome: 'QUOTA_FULL', reason: 'quota_full', source: OUTCOME },
  { code: 'ERROR', outcome: 'ERROR', reason: 'technical_error', source: OUTCOME },
  { code: 'TIMEOUT', outcome: 'TIMEOUT', reason: 'timed_out', source: OUTCOME },
]
