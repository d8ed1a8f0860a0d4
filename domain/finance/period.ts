/** An accounting month in UTC: `2026-11`. */
export type Period = string

/**
 * The state of an accounting month (docs/money.md, "Months"). open: takes postings. hold: takes none while finance
 * checks it. closed: takes none, permanently.
 */
export const PERIOD_STATES = ['open', 'hold', 'closed'] as const
export type PeriodState = (typeof PERIOD_STATES)[number]

/** The accounting month of an instant, in UTC. */
export function periodOf(at: Date): Period {
  return at.toISOString().slice(0, 7)
}
