import { roomInSoftLaunch } from '../../plan/counting.js'
import { holdsIf, type SurveyRule } from '../rule.js'

/**
 * In its soft launch our own plan takes a limited number of completes, then pauses. Applies only when its record was
 * read.
 */
export const softLaunch = {
  name: 'soft_launch',
  scope: 'survey',
  phases: ['match', 'book', 'click'],
  evaluate: ({ plan }) => {
    const room = plan === null ? Number.POSITIVE_INFINITY : roomInSoftLaunch(plan)
    if (!Number.isFinite(room)) return null
    return { holds: holdsIf(room > 0), wanted: 'more than 0 of the soft launch', given: String(room) }
  },
} as const satisfies SurveyRule
