/** The gateway's outcomes (seed 000, PanelistSurveyOutcome). Spelled out here: the sandbox shares no word with the product. */
export const OUTCOMES = [
  'COMPLETED',
  'TERMINATED',
  'DISQUALIFIED',
  'SCREENED_OUT',
  'REJECTED',
  'QUOTA_FULL',
  'ERROR',
  'TIMEOUT',
] as const

export type Outcome = (typeof OUTCOMES)[number]

/** How a finished session is told to the supplier: by the browser (redirect) and server to server (postback). */
export const DELIVERIES = [
  'postback_first',
  'redirect_first',
  'postback_only',
  'redirect_only',
  'both_twice',
  'reversed_later',
] as const

export type Delivery = (typeof DELIVERIES)[number]
