/**
 * The gateway's eight ways for a session to end (Kantar Gateway API, PanelistSurveyOutcome), with what each means to a
 * reader. Spelled out here: the sandbox shares no word with the product.
 */
export const OUTCOME_MEANINGS = {
  COMPLETED: 'answered to the end',
  TERMINATED: 'left out by the survey',
  DISQUALIFIED: 'quality or security',
  SCREENED_OUT: 'not the people wanted',
  REJECTED: 'refused afterwards',
  QUOTA_FULL: 'enough of these already',
  ERROR: 'something broke',
  TIMEOUT: 'took too long',
} as const

export type Outcome = keyof typeof OUTCOME_MEANINGS
export const OUTCOMES = Object.keys(OUTCOME_MEANINGS) as [Outcome, ...Outcome[]]
