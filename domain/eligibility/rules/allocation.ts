import { roomForPanel } from '../../plan/counting.js'
import { holdsIf, type SurveyRule } from '../rule.js'

/** The cap of one panel on our own plan (docs/allocation.md). Applies only when the plan's record was read. */
export const allocation = {
  name: 'allocation',
  scope: 'survey',
  phases: ['match', 'book', 'click'],
  evaluate: ({ plan, panel }) => {
    if (plan === null || panel === null) return null
    const room = roomForPanel(plan, panel.id)
    return { holds: holdsIf(room > 0), wanted: 'more than 0 for the panel', given: String(room) }
  },
} as const satisfies SurveyRule
