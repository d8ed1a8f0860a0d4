import { roomForPanel } from '../../plan/counting.js'
import { holdsIf, type SurveyRule } from '../rule.js'

/** What a buyer lets one panel take of a plan of our own (docs/allocation.md). Only where the plan's record is known. */
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
