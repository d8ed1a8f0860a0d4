/** The gateway's eight outcomes, spelled as the gateway spells them (Kantar Gateway API, Survey Outcome Statuses). */
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

/**
 * A provider's word that decides nothing yet: the browser is redirected to the panel, the session does not change
 * (docs/sessions.md).
 */
export const PENDING = 'PENDING'

/** The outcomes that an arrival's word may map to. */
export type ReportedOutcome = Outcome | typeof PENDING

/** True for one of the gateway's eight outcomes, in upper case. */
export function isOutcome(word: unknown): word is Outcome {
  return typeof word === 'string' && (OUTCOMES as readonly string[]).includes(word)
}

/**
 * How well an outcome is proven: E0 an unsigned browser redirect, E1 a signed redirect (JWS, HMAC),
 * E2 an authenticated server-to-server message, E3 the provider's statement.
 */
export const GRADES = ['E0', 'E1', 'E2', 'E3'] as const
export type Grade = (typeof GRADES)[number]

/** True when evidence of grade `given` is at least as strong as `required`. */
export function reaches(given: Grade, required: Grade): boolean {
  return GRADES.indexOf(given) >= GRADES.indexOf(required)
}
