import type { QuotaRule } from '../rule.js'

/** Every layer holds; a layer when some sub-quota with room holds. A layer in which all are full takes nobody at all. */
export const quotaQualifications = {
  name: 'quota_qualifications',
  scope: 'quota',
  phases: ['match', 'book', 'click'],
  evaluate: (_subject, { quota, fits }) => ({
    holds: fits,
    wanted: `whom quota ${quota.quotaId} is for`,
    given: fits === 'yes' ? 'belongs in it' : fits === 'maybe' ? 'may belong in it' : 'does not belong in it',
  }),
} as const satisfies QuotaRule
