/**
 * The gateway's eight outcomes of a session (Kantar Gateway API, PanelistSurveyOutcome), with what each means to a
 * reader. Repeated here, because the sandbox shares no code with the product.
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
