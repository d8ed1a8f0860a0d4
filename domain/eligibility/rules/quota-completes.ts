import { holdsIf, type QuotaRule } from '../rule.js'

/** The remaining completes of the quota. */
export const quotaCompletes = {
  name: 'quota_completes',
  scope: 'quota',
  phases: ['match', 'book', 'click'],
  evaluate: (_subject, { remaining }) => ({
    holds: holdsIf(remaining > 0),
    wanted: 'more than 0',
    given: Number.isFinite(remaining) ? String(remaining) : 'not limited',
  }),
} as const satisfies QuotaRule
