import { holdsIf, type SurveyRule } from '../rule.js'

/** The stored status counts: withdrawn and unreadable surveys are not open, whatever the provider said last. */
export const status = {
  name: 'status',
  scope: 'survey',
  phases: ['match', 'book', 'click', 'show'],
  evaluate: ({ status: stored }) => ({ holds: holdsIf(stored === 'open'), wanted: 'open', given: stored }),
} as const satisfies SurveyRule
