import type { QuotaRule } from '../rule.js'

/**
 * Every layer must hold; a layer holds when a sub-quota with room holds. A layer whose sub-quotas are all full admits
 * no panelist.
 */
export const quotaQualifications = {
  name: 'quota_qualifications',
  scope: 'quota',
  phases: ['match', 'book', 'click'],
  evaluate: (_subject, { quota, fits }) => ({
    holds: fits,
    wanted: `fits quota ${quota.quotaId}`,
    given: fits === 'yes' ? 'fits' : fits === 'maybe' ? 'may fit' : 'does not fit',
  }),
} as const satisfies QuotaRule
