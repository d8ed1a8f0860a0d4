import { roomInSurvey } from '../room.js'
import { holdsIf, type SurveyRule } from '../rule.js'

/** The survey's own cap, in addition to the quotas' caps: it may be less than their sum. */
export const availableCompletes = {
  name: 'available_completes',
  scope: 'survey',
  phases: ['match', 'book', 'click'],
  evaluate: (subject) => {
    const room = roomInSurvey(subject)
    return {
      holds: holdsIf(room > 0),
      wanted: 'more than 0',
      given: Number.isFinite(room) ? String(room) : 'not limited',
    }
  },
} as const satisfies SurveyRule
