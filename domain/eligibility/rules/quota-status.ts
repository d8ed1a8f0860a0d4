import { holdsIf, type QuotaRule } from '../rule.js'

export const quotaStatus = {
  name: 'quota_status',
  scope: 'quota',
  phases: ['match', 'book', 'click'],
  evaluate: (_subject, { quota: { status } }) => ({
    holds: holdsIf(status === 'open'),
    wanted: 'open',
    given: status,
  }),
} as const satisfies QuotaRule
